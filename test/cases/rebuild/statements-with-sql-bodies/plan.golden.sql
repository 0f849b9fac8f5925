-- 1 contract safe drop
DROP VIEW app.v;

-- 1 contract safe drop
DROP FUNCTION app.f();

-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE smallint;

-- 1 contract safe create
create function app.f() returns bigint language sql stable begin atomic select sum(n) from app.t; end;

-- 1 contract safe create
CREATE VIEW app.v AS
select app.f() as f;

-- 1 contract safe grant
REVOKE ALL ON FUNCTION app.f() FROM case_reader;
GRANT EXECUTE ON FUNCTION app.f() TO case_reader;

-- 1 contract safe grant
REVOKE ALL ON FUNCTION app.f() FROM PUBLIC;

-- 1 contract safe create
COMMENT ON FUNCTION app.f() IS 'Sums.';

-- 1 contract safe create
ALTER FUNCTION app.f() OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe alter
ANALYZE app.t (n);

-- 3 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN m;
