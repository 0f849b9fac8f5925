-- 1 expand safe alter
create or replace function app.atomic() returns bigint language sql stable begin atomic select count(*) + 1 from app.t; end;

-- 1 expand safe create
create function app.defined(a text default 'x') returns text language plpgsql security definer set search_path = app, pg_temp cost 5 as $$ begin return a; end $$;

-- 1 expand safe create
create function app.helper(a int) returns int language sql as $$ select a $$;

-- 1 expand safe alter
create or replace function app.one() returns int language sql immutable as $$ select 2 $$;

-- 1 expand safe alter
create or replace function app.positive(x int) returns boolean language sql immutable strict parallel safe as $$ select x >= 0 $$;

-- 2 contract safe drop breaks=old
DROP FUNCTION app.kind(text);

-- 2 contract safe create
create function app.kind(b text) returns int language sql as $$ select 2 $$;

-- 2 contract safe create
ALTER FUNCTION app.kind(text) OWNER TO postgres;

-- 2 contract safe drop
DROP VIEW app.v;

-- 2 contract safe drop breaks=old
DROP FUNCTION app.kind(integer);

-- 2 contract safe create
create function app.kind(a int) returns bigint language sql as $$ select a::bigint $$;

-- 2 contract safe create
CREATE VIEW app.v AS
select id, app.kind(n) as k from app.t;

-- 2 contract safe grant
REVOKE ALL ON FUNCTION app.kind(integer) FROM case_reader;
GRANT EXECUTE ON FUNCTION app.kind(integer) TO case_reader;

-- 2 contract safe grant
REVOKE ALL ON FUNCTION app.kind(integer) FROM PUBLIC;

-- 2 contract safe grant
REVOKE ALL ON TABLE app.v FROM case_reader;
GRANT SELECT ON TABLE app.v TO case_reader;

-- 2 contract safe create
COMMENT ON FUNCTION app.kind(integer) IS 'Of a number.';

-- 2 contract safe create
COMMENT ON VIEW app.v IS 'Uses kind.';

-- 2 contract safe create
ALTER FUNCTION app.kind(integer) OWNER TO postgres;

-- 2 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe drop breaks=old
DROP FUNCTION app.rows(integer);

-- 2 contract safe create
create function app.rows(a int) returns table (x int, z text, w int) language sql as $$ select a, 'x', 1 $$;

-- 2 contract safe create
ALTER FUNCTION app.rows(integer) OWNER TO postgres;

-- 2 contract safe drop breaks=old
DROP FUNCTION app.gone();

-- 2 contract safe drop breaks=old
DROP FUNCTION app.helper(integer, integer);
