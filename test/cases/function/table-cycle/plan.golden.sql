-- 1 expand safe create
create function app.first_n() returns int language plpgsql as $$ begin return (select coalesce(max(n), 0) + 1 from app.t); end $$;

-- 1 expand safe create
CREATE TABLE app.t (
  id integer NOT NULL,
  n integer NOT NULL
);

-- 1 expand safe alter
ALTER TABLE app.t ALTER COLUMN n SET DEFAULT app.first_n();

-- 1 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);

-- 1 expand safe create
create function app.is_valid(r app.t) returns boolean language sql immutable as $$ select r.n > 0 $$;

-- 1 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_valid CHECK (app.is_valid(t));

-- 1 expand safe create
create function app.all_t() returns setof app.t language sql stable begin atomic select * from app.t; end;
