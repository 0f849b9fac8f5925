-- 1 expand safe create
CREATE INDEX "~lockstep_55a3e27e2e06" ON ONLY app.parts (k) WITH (fillfactor = 90);

-- 2 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_fd797efc62dd" ON app.parts_1 (k) WITH (fillfactor = 90);

-- 3 expand safe alter
ALTER INDEX app."~lockstep_55a3e27e2e06" ATTACH PARTITION app."~lockstep_fd797efc62dd";

-- 4 expand safe replace
DROP INDEX app.parts_k_idx;
ALTER INDEX app."~lockstep_55a3e27e2e06" RENAME TO parts_k_idx;
ALTER INDEX app."~lockstep_fd797efc62dd" RENAME TO parts_1_k_idx;

-- 5 expand safe alter
ALTER INDEX app.t_a_idx SET (fillfactor = 80);
ALTER INDEX app.t_a_idx RESET (deduplicate_items);

-- 6 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN b TYPE bigint;

-- 6 contract safe alter
ALTER INDEX app.t_expr_idx ALTER COLUMN 1 SET STATISTICS -1;

-- 6 contract safe alter
ALTER INDEX app.t_expr_idx ALTER COLUMN 2 SET STATISTICS 100;

-- 6 contract safe alter
ALTER INDEX app.t_expr_idx ALTER COLUMN 2 SET STATISTICS 100;

-- 6 contract safe alter
ALTER INDEX app.t_type_idx ALTER COLUMN 1 SET STATISTICS 200;

-- 7 contract safe alter
ANALYZE app.t (b);

-- 8 contract safe alter
ALTER INDEX app.t_b_idx RESET (fillfactor);
