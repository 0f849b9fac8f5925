-- 1 contract safe drop
DROP VIEW app.v;

-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 1 contract safe create
CREATE VIEW app.v AS
select id, n from app.t;

-- 1 contract safe create
CREATE TRIGGER "into" instead of insert ON app.v for each row execute function app.tr();

-- 1 contract safe create
COMMENT ON TRIGGER "into" ON app.v IS 'Kept.';

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe alter
ANALYZE app.t (n);
