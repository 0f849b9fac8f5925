-- 1 contract safe drop breaks=old
DROP VIEW app.v;

-- 1 contract locking alter scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN email TYPE ext.citext;

-- 1 contract safe create
SET LOCAL search_path = app, ext;
CREATE VIEW app.v AS
select id, email from app.t where email = 'x';

-- 1 contract safe create
SET LOCAL search_path = '';
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe alter
ANALYZE app.t (email);
