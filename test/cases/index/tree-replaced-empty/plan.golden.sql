-- 1 expand locking create scan index-rebuild
CREATE INDEX a_other ON app.a (id, part) WITH (fillfactor = 40);

-- 2 expand safe drop
DROP INDEX app.plain_idx;

-- 2 expand locking create scan index-rebuild
CREATE INDEX plain_idx ON app.plain (id, (id + 2));

-- 2 expand safe create
COMMENT ON INDEX app.plain_idx IS 'plain';

-- 3 expand safe alter
ALTER INDEX app.plain_idx ALTER COLUMN 2 SET STATISTICS 100;

-- 4 expand safe drop
DROP INDEX app.t_idx;

-- 4 expand locking create scan index-rebuild
CREATE INDEX t_idx ON app.t ((id % 3));

-- 4 expand safe rename
ALTER INDEX app.a_expr_idx RENAME TO a_named;

-- 4 expand safe alter
ALTER INDEX app.a_named SET (fillfactor = 50);

-- 4 expand safe alter
ALTER INDEX app.a_named ALTER COLUMN 1 SET STATISTICS 200;

-- 4 expand safe alter
COMMENT ON INDEX app.a_named IS 'mine';

-- 4 expand safe create
COMMENT ON INDEX app.t_idx IS 'top';

-- 5 expand safe alter
ALTER INDEX app.t_idx ALTER COLUMN 1 SET STATISTICS 300;

-- 5 expand safe alter
ALTER INDEX app.a_named ALTER COLUMN 1 SET STATISTICS 200;

-- 5 expand safe alter
ALTER INDEX app.b_expr_idx ALTER COLUMN 1 SET STATISTICS -1;

-- 6 expand locking create scan index-rebuild
CREATE INDEX t_other ON app.t (id, part);

-- 7 expand safe create
COMMENT ON INDEX app.a_other IS 'other';
