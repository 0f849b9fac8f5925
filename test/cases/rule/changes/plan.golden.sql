-- 1 expand safe drop
COMMENT ON RULE told ON app.t IS NULL;

-- 1 expand safe rename
ALTER RULE told ON app.t RENAME TO said;

-- 1 expand safe create
COMMENT ON RULE said ON app.t IS 'Kept.';

-- 1 expand safe drop
DROP RULE gone ON app.t;

-- 2 contract safe drop
DROP VIEW app.v;

-- 2 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 2 contract safe create
CREATE VIEW app.v AS
select id, n from app.t;

-- 2 contract safe create
CREATE RULE "into" as on insert to app.v do instead insert into app.t values (new.id, new.n + 1);

-- 2 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 3 contract safe create
CREATE RULE fresh as on update to app.t where old.n <> new.n do instead nothing;

-- 3 contract safe alter
ALTER TABLE app.t ENABLE ALWAYS RULE kept;

-- 3 contract safe alter
CREATE OR REPLACE RULE off as on update to app.t where new.id > 1 do also (insert into app.log values (new.id, 'y'); delete from app.log where id = old.id);
