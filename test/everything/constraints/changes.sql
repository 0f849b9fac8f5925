--- a check is added
alter table ev_constraints.orders add constraint orders_new_check check (total <> 7);

--- a check is dropped
alter table ev_constraints.orders drop constraint orders_total_check;

--- a check gets another name
alter table ev_constraints.orders rename constraint orders_total_check to orders_sum_check;

--- a check gets another expression; replaces
alter table ev_constraints.orders drop constraint orders_total_check, add constraint orders_total_check check (total > 5);

--- a check without inheritance is inherited; replaces
alter table ev_constraints.orders drop constraint orders_alone_check, add constraint orders_alone_check check (ev_constraints.is_fine(total));

--- a check is held against all rows
alter table ev_constraints.orders validate constraint orders_later_check;

--- a foreign key is held against all rows
alter table ev_constraints.orders validate constraint orders_later_fkey;

--- a foreign key becomes deferrable
alter table ev_constraints.orders alter constraint orders_customer_fkey deferrable;

--- a foreign key becomes deferred
alter table ev_constraints.orders alter constraint orders_parent_fkey deferrable initially deferred;

--- a deferred foreign key becomes immediate
alter table ev_constraints.orders alter constraint orders_code_fkey not deferrable;

--- a foreign key of a partitioned table becomes deferrable
alter table ev_constraints.parts alter constraint parts_customer_fkey deferrable initially deferred;

--- a foreign key gets other actions; replaces
alter table ev_constraints.orders drop constraint orders_customer_fkey, add constraint orders_customer_fkey foreign key (customer_id) references ev_constraints.customers on delete set default;
comment on constraint orders_customer_fkey on ev_constraints.orders is 'Whose it is';

--- a foreign key is not full any more; replaces
alter table ev_constraints.orders drop constraint orders_tenant_fkey, add constraint orders_tenant_fkey foreign key (tenant, customer_id) references ev_constraints.customers (tenant, id);

--- a foreign key is dropped
alter table ev_constraints.orders drop constraint orders_code_fkey;

--- a unique key becomes deferrable and nothing points at it; replaces
alter table ev_constraints.orders drop constraint orders_code_fkey;
alter table ev_constraints.customers add constraint customers_code2_key unique (code) deferrable;
alter table ev_constraints.customers drop constraint customers_code_key;
alter table ev_constraints.customers rename constraint customers_code2_key to customers_code_key;

--- a deferred unique key becomes immediate; replaces
alter table ev_constraints.customers drop constraint customers_email_key, add constraint customers_email_key unique (email);
comment on constraint customers_email_key on ev_constraints.customers is 'May be swapped within a transaction';

--- a unique key includes another column; replaces
create unique index other on ev_constraints.customers (tenant, id) include (code, email) with (fillfactor = 70, deduplicate_items = off);
do $$ begin if current_setting('server_version_num')::int >= 150000 then execute 'alter table ev_constraints.recent drop constraint recent_fkey'; end if; end $$;
alter table ev_constraints.orders drop constraint orders_tenant_fkey;
alter table ev_constraints.customers drop constraint customers_tenant_id_key, add constraint customers_tenant_id_key unique using index other;
alter table ev_constraints.orders add constraint orders_tenant_fkey foreign key (tenant, customer_id) references ev_constraints.customers (tenant, id) match full;
do $$ begin if current_setting('server_version_num')::int >= 150000 then execute 'alter table ev_constraints.recent add constraint recent_fkey foreign key (a, b) references ev_constraints.customers (tenant, id) on delete set null (b)'; end if; end $$;

--- a key gets storage parameters
alter index ev_constraints.customers_code_key set (fillfactor = 50);

--- a key gets other storage parameters
alter index ev_constraints.customers_tenant_id_key set (fillfactor = 75);
alter index ev_constraints.customers_tenant_id_key reset (deduplicate_items);

--- a primary key loses its storage parameters
alter index ev_constraints.customers_pkey reset (fillfactor);

--- a key gets another name
alter index ev_constraints.customers_code_key rename to customers_by_code;

--- a primary key is dropped with what hangs on it
alter table ev_constraints.orders drop constraint orders_parent_fkey, drop constraint orders_later_fkey, drop constraint orders_pkey;

--- an exclusion constraint gets other storage parameters
alter index ev_constraints.orders_during_excl set (buffering = off);

--- an exclusion constraint gets another condition; replaces
alter table ev_constraints.orders drop constraint orders_place_excl, add constraint orders_place_excl exclude using gist (place with &&) where (total > 2);

--- an exclusion constraint gets another operator; replaces
alter table ev_constraints.orders drop constraint orders_place_excl, add constraint orders_place_excl exclude using gist (place with ~=) where (total > 0);

--- an exclusion constraint is dropped
alter table ev_constraints.orders drop constraint orders_during_excl;

--- an exclusion constraint gets another name
alter table ev_constraints.orders rename constraint orders_during_excl to orders_when_excl;

--- an exclusion constraint is not deferred any more; replaces
alter table ev_constraints.orders drop constraint orders_during_excl, add constraint orders_during_excl exclude using gist (customer_id gist_int4_ops with operator(pg_catalog.=), (lower(during)) with =, during with &&)
  include (note) with (fillfactor = 60, buffering = on) where ((total > 1) and (note <> ' where '));
comment on constraint orders_during_excl on ev_constraints.orders is 'One at a time';

--- the comment on a constraint changes
comment on constraint orders_customer_fkey on ev_constraints.orders is 'Whose it was';

--- the comment on a constraint goes
comment on constraint customers_pkey on ev_constraints.customers is null;

--- a constraint changes and its comment goes; replaces
alter table ev_constraints.orders drop constraint orders_customer_fkey, add constraint orders_customer_fkey foreign key (customer_id) references ev_constraints.customers;

--- a check of a partitioned table is dropped
alter table ev_constraints.parts drop constraint parts_amount_check;

--- a check of a partition is dropped
alter table ev_constraints.parts_a drop constraint parts_a_own;

--- a check of a partition is held against all rows
alter table ev_constraints.parts_b validate constraint parts_b_later;

--- a key of a partition is dropped
alter table ev_constraints.parts_b drop constraint parts_b_id_key;

--- a key of a partitioned table gets other storage parameters; replaces
alter table ev_constraints.bits drop constraint bits_parts_fkey;
alter table ev_constraints.parts drop constraint parts_pkey, add constraint parts_pkey primary key (region, id) with (fillfactor = 95);
alter table ev_constraints.bits add constraint bits_parts_fkey foreign key (region, id) references ev_constraints.parts (region, id) on delete cascade;

--- a foreign key to a partitioned table is dropped
alter table ev_constraints.bits drop constraint bits_parts_fkey;

--- nulls are distinct; from 15; replaces
alter table ev_constraints.recent drop constraint recent_a_key, add constraint recent_a_key unique (a);

--- set null for other columns; from 15; replaces
alter table ev_constraints.recent drop constraint recent_fkey, add constraint recent_fkey foreign key (a, b) references ev_constraints.customers (tenant, id) on delete set null (a);

--- a foreign key is enforced; from 18
alter table ev_constraints.rooms alter constraint rooms_n_fkey enforced;

--- a foreign key is enforced and not deferrable; from 18
alter table ev_constraints.rooms alter constraint rooms_m_fkey not deferrable enforced;

--- a foreign key is not enforced any more; from 18
alter table ev_constraints.orders alter constraint orders_tenant_fkey not enforced;

--- a foreign key of a partitioned table is not enforced any more; from 18
alter table ev_constraints.parts alter constraint parts_customer_fkey not enforced;

--- a foreign key to a partitioned table is not enforced any more; from 18
alter table ev_constraints.bits alter constraint bits_parts_fkey not enforced;

--- a check is enforced; from 18; replaces
alter table ev_constraints.rooms drop constraint rooms_n_check, add constraint rooms_n_check check (n > 0);
comment on constraint rooms_n_check on ev_constraints.rooms is 'Only said';

--- a temporal key is dropped; from 18
alter table ev_constraints.rooms drop constraint rooms_other_key;

--- a temporal key becomes a plain one; from 18; replaces
alter table ev_constraints.rooms drop constraint rooms_other_key, add constraint rooms_other_key unique (id, other);

--- a temporal primary key gets storage parameters; from 18
alter index ev_constraints.rooms_pkey set (fillfactor = 60);

--- a temporal foreign key is dropped; from 18
alter table ev_constraints.bookings drop constraint bookings_fkey;
