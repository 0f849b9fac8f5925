-- 1 expand safe alter
ALTER SEQUENCE app.counted SET LOGGED;

-- 2 expand safe alter
ALTER SEQUENCE app.steady SET UNLOGGED;

-- 3 expand locking alter rewrite [locking]
ALTER TABLE app.back SET TABLESPACE pg_default;

-- 4 expand locking alter rewrite scan index-rebuild [locking]
ALTER TABLE app.fast SET LOGGED;

-- 5 expand safe alter
ALTER TABLE app.fast SET (autovacuum_vacuum_scale_factor = 0.05);

-- 6 expand locking alter rewrite scan index-rebuild [locking]
ALTER TABLE app.moved SET UNLOGGED, SET TABLESPACE case_tablespace;

-- 7 expand locking alter rewrite scan index-rebuild [locking]
ALTER TABLE app.parts_1 SET LOGGED;

-- 8 expand safe alter
ALTER TABLE app.parts_1 RESET (fillfactor);

-- 9 expand locking alter rewrite scan index-rebuild [locking]
ALTER TABLE app.parts_2 SET ACCESS METHOD case_heap;

-- 10 expand safe alter
ALTER TABLE app.parts_2 SET (fillfactor = 60);

-- 10 expand safe alter
ALTER TABLE app.plain RESET (user_catalog_table);

-- 10 expand safe alter
ALTER TABLE app.plain SET (fillfactor = 80, toast.autovacuum_enabled = true, parallel_workers = 2), RESET (autovacuum_enabled);

-- 11 expand safe alter
ALTER TABLE app.spread SET TABLESPACE pg_default;

-- 12 expand locking alter rewrite scan index-rebuild [locking]
ALTER TABLE app.swapped SET UNLOGGED, SET ACCESS METHOD heap;

-- 13 expand locking alter index-rebuild [locking]
ALTER INDEX app.back_pkey SET TABLESPACE pg_default;

-- 14 expand locking alter index-rebuild [locking]
ALTER INDEX app.moved_a_idx SET TABLESPACE case_tablespace;

-- 15 expand locking alter index-rebuild [locking]
ALTER INDEX app.moved_b_idx SET TABLESPACE pg_default;

-- 16 expand safe alter
ALTER INDEX app.spread_k_idx SET TABLESPACE case_tablespace;

-- 17 expand locking alter index-rebuild
ALTER INDEX app.spread_1_k_idx SET TABLESPACE case_tablespace;

-- 18 expand locking alter index-rebuild
ALTER INDEX app.spread_2_k_idx SET TABLESPACE case_tablespace;
