-- 1 expand safe alter breaks=old
ALTER TABLE app.b ADD CONSTRAINT "~lockstep_750cf0e6f38e" CHECK (NOT (part IS NOT NULL AND part = '2')) NOT VALID;

-- 2 expand safe validate scan
ALTER TABLE app.b VALIDATE CONSTRAINT "~lockstep_750cf0e6f38e";

-- 3 expand safe create
CREATE TABLE app.c (LIKE app.t INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION) PARTITION BY list (id);
ALTER TABLE app.t ATTACH PARTITION app.c FOR VALUES in (2);
ALTER TABLE app.b DROP CONSTRAINT "~lockstep_750cf0e6f38e";

-- 3 expand safe create
CREATE TABLE app.c_rest PARTITION OF app.c DEFAULT;

-- 4 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_f4e50b1a5053" ON app.plain (id, (id + 2));

-- 5 expand safe create
CREATE INDEX "~lockstep_8e27b60cd9f0" ON ONLY app.t ((id % 3));

-- 5 expand safe create
CREATE INDEX "~lockstep_051d5a2f1b74" ON ONLY app.c ((id % 3));

-- 6 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_6328aba9603b" ON app.a ((id % 3)) WITH (fillfactor = 50);

-- 7 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_2394e309fdb4" ON app.b ((id % 3));

-- 8 expand safe create
CREATE INDEX "~lockstep_08843050c752" ON app.c_rest ((id % 3));

-- 8 expand safe alter
ALTER INDEX app."~lockstep_8e27b60cd9f0" ATTACH PARTITION app."~lockstep_6328aba9603b";

-- 8 expand safe alter
ALTER INDEX app."~lockstep_8e27b60cd9f0" ATTACH PARTITION app."~lockstep_2394e309fdb4";

-- 8 expand safe alter
ALTER INDEX app."~lockstep_051d5a2f1b74" ATTACH PARTITION app."~lockstep_08843050c752";

-- 8 expand safe alter
ALTER INDEX app."~lockstep_8e27b60cd9f0" ATTACH PARTITION app."~lockstep_051d5a2f1b74";

-- 9 expand safe replace
DROP INDEX app.t_idx;
ALTER INDEX app."~lockstep_8e27b60cd9f0" RENAME TO t_idx;
ALTER INDEX app."~lockstep_6328aba9603b" RENAME TO a_named;
ALTER INDEX app."~lockstep_2394e309fdb4" RENAME TO b_expr_idx;
ALTER INDEX app."~lockstep_051d5a2f1b74" RENAME TO c_expr_idx;
ALTER INDEX app."~lockstep_08843050c752" RENAME TO c_rest_expr_idx;

-- 9 expand safe create
COMMENT ON INDEX app.t_idx IS 'top';

-- 10 expand safe alter
ALTER INDEX app.t_idx ALTER COLUMN 1 SET STATISTICS 300;

-- 10 expand safe alter
ALTER INDEX app.a_named ALTER COLUMN 1 SET STATISTICS 200;

-- 10 expand safe alter
ALTER INDEX app.b_expr_idx ALTER COLUMN 1 SET STATISTICS -1;

-- 10 expand safe alter
ALTER INDEX app.c_expr_idx ALTER COLUMN 1 SET STATISTICS -1;

-- 10 expand safe alter
ALTER INDEX app.c_rest_expr_idx ALTER COLUMN 1 SET STATISTICS -1;

-- 10 expand safe alter
COMMENT ON INDEX app.a_named IS 'mine';

-- 11 expand safe create
CREATE INDEX t_other ON ONLY app.t (id, part);

-- 12 expand safe create
CREATE INDEX c_id_part_idx ON ONLY app.c (id, part);

-- 13 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY a_other ON app.a (id, part) WITH (fillfactor = 40);

-- 14 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY b_id_part_idx ON app.b (id, part);

-- 15 expand safe create
CREATE INDEX c_rest_id_part_idx ON app.c_rest (id, part);

-- 16 expand safe alter
ALTER INDEX app.t_other ATTACH PARTITION app.a_other;

-- 17 expand safe alter
ALTER INDEX app.t_other ATTACH PARTITION app.b_id_part_idx;

-- 18 expand safe alter
ALTER INDEX app.c_id_part_idx ATTACH PARTITION app.c_rest_id_part_idx;

-- 19 expand safe alter
ALTER INDEX app.t_other ATTACH PARTITION app.c_id_part_idx;

-- 20 expand safe create
COMMENT ON INDEX app.a_other IS 'other';

-- 21 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.plain_idx;

-- 22 expand safe rename
ALTER INDEX app."~lockstep_f4e50b1a5053" RENAME TO plain_idx;

-- 22 expand safe alter
ALTER INDEX app.plain_idx ALTER COLUMN 2 SET STATISTICS 100;

-- 22 expand safe alter
COMMENT ON INDEX app.plain_idx IS 'plain';
