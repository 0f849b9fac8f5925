create schema ev_constraints;
create extension if not exists btree_gist schema public;
set search_path = ev_constraints, public;

create function is_fine(value integer) returns boolean language sql immutable as 'select value > 0';

create table customers (
  id integer constraint customers_pkey primary key with (fillfactor = 80),
  code text not null constraint customers_code_key unique,
  tenant integer not null,
  email text,
  constraint customers_tenant_id_key unique (tenant, id) include (code) with (fillfactor = 70, deduplicate_items = off),
  constraint customers_email_key unique (email) deferrable initially deferred
);
comment on constraint customers_pkey on customers is 'The key';
comment on constraint customers_email_key on customers is 'May be swapped within a transaction';

create table orders (
  id integer,
  customer_id integer,
  tenant integer,
  code text,
  parent_id integer,
  total integer,
  note text,
  place box,
  during tsrange,
  constraint orders_pkey primary key (id),
  constraint orders_customer_fkey foreign key (customer_id) references customers on delete cascade on update restrict,
  constraint orders_tenant_fkey foreign key (tenant, customer_id) references customers (tenant, id) match full,
  constraint orders_code_fkey foreign key (code) references customers (code) on delete set null on update set default deferrable initially deferred,
  constraint orders_parent_fkey foreign key (parent_id) references orders (id) deferrable,
  constraint orders_total_check check (total > 0),
  constraint orders_alone_check check (is_fine(total)) no inherit,
  constraint "orders NOTE ""check" check (note <> 'with (x) where'),
  constraint orders_place_excl exclude using gist (place with &&) where (total > 0),
  constraint orders_during_excl exclude using gist (customer_id gist_int4_ops with operator(pg_catalog.=), (lower(during)) with =, during with &&)
    include (note) with (fillfactor = 60, buffering = on) where ((total > 1) and (note <> ' where ')) deferrable initially deferred
);
alter table orders add constraint orders_later_check check (total < 1000) not valid;
alter table orders add constraint orders_later_fkey foreign key (total) references orders (id) not valid;
comment on constraint orders_customer_fkey on orders is 'Whose it is';
comment on constraint orders_during_excl on orders is 'One at a time';
comment on constraint orders_later_check on orders is 'Not for the old ones';

create table parts (id integer, region text, amount integer, constraint parts_pkey primary key (region, id) with (fillfactor = 90), constraint parts_amount_check check (amount > 0),
  constraint parts_customer_fkey foreign key (id) references customers) partition by list (region);
create table parts_a partition of parts (constraint parts_a_own check (amount < 100)) for values in ('a');
create table parts_b partition of parts for values in ('b');
alter table parts_b add constraint parts_b_later check (amount < 10) not valid;
alter table parts_b add constraint parts_b_id_key unique (id);
comment on constraint parts_a_own on parts_a is 'Small ones';
create table bits (region text, id integer, constraint bits_parts_fkey foreign key (region, id) references parts (region, id) on delete cascade);

create domain positive as integer constraint positive_check check (value > 0) constraint positive_even check (value % 2 = 0);

--- nulls not distinct and set null for some columns; from 15
create table ev_constraints.recent (
  a integer, b integer,
  constraint recent_a_key unique nulls not distinct (a),
  constraint recent_fkey foreign key (a, b) references ev_constraints.customers (tenant, id) on delete set null (b)
);

--- not enforced and temporal; from 18
create table ev_constraints.rooms (id int4range, valid daterange, other daterange, n integer, m integer,
  constraint rooms_pkey primary key (id, valid without overlaps) with (fillfactor = 80),
  constraint rooms_other_key unique (id, other without overlaps),
  constraint rooms_n_check check (n > 0) not enforced,
  constraint rooms_n_fkey foreign key (n) references ev_constraints.customers not enforced,
  constraint rooms_m_fkey foreign key (m) references ev_constraints.customers on delete cascade deferrable initially deferred not enforced);
create table ev_constraints.bookings (id int4range, valid daterange,
  constraint bookings_fkey foreign key (id, period valid) references ev_constraints.rooms (id, period valid));
comment on constraint rooms_n_check on ev_constraints.rooms is 'Only said';
