-- 1 contract safe rename breaks=old
ALTER TABLE old.base SET SCHEMA app;

-- 2 contract safe rename breaks=old
ALTER TABLE old.child SET SCHEMA app;

-- 3 contract safe rename breaks=old
ALTER TABLE old.r SET SCHEMA app;

-- 4 contract safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_fb5a4a01e1d2" ON app.base (note, id);

-- 5 contract safe rename breaks=old
ALTER MATERIALIZED VIEW old.m SET SCHEMA app;

-- 6 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_92065e529914" ON app.m (note);

-- 7 contract safe rename
ALTER INDEX app.m_n RENAME TO m_o;

-- 7 contract safe rename breaks=old
ALTER MATERIALIZED VIEW old.n SET SCHEMA app;

-- 8 contract safe drop no-transaction
DROP INDEX CONCURRENTLY app.base_i;

-- 9 contract safe rename
ALTER INDEX app."~lockstep_fb5a4a01e1d2" RENAME TO base_i;

-- 10 contract safe drop no-transaction
DROP INDEX CONCURRENTLY app.m_id_idx;

-- 11 contract safe rename
ALTER INDEX app."~lockstep_92065e529914" RENAME TO m_id_idx;
