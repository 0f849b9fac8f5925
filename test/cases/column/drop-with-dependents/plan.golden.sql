-- 1 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_e_idx ON app.t (e);

-- 2 expand safe grant access=narrows breaks=old
REVOKE UPDATE (b) ON TABLE app.t FROM case_reader;

-- 3 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_b_idx;

-- 4 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_ea_idx;

-- 5 expand safe drop
ALTER TABLE app.t DROP CONSTRAINT t_ab_key;

-- 5 expand safe drop
ALTER TABLE app.t DROP CONSTRAINT t_b_check;

-- 6 expand safe drop
ALTER TABLE app.t DROP CONSTRAINT t_d_fkey;

-- 7 contract safe drop breaks=old
DROP VIEW app.v;

-- 7 contract safe create
CREATE VIEW app.v AS
select id, e from app.t;

-- 7 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 8 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN a;

-- 8 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN b;

-- 8 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN c;

-- 8 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN d;
