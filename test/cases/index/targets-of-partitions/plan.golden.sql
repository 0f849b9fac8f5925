-- 1 expand safe alter
ALTER INDEX app.t_idx ALTER COLUMN 1 SET STATISTICS 300;

-- 1 expand safe alter
ALTER INDEX app.a_idx ALTER COLUMN 1 SET STATISTICS 100;

-- 1 expand safe alter
ALTER INDEX app.b_expr_idx ALTER COLUMN 1 SET STATISTICS -1;

-- 1 expand safe alter
ALTER INDEX app.t_set ALTER COLUMN 1 SET STATISTICS -1;

-- 1 expand safe alter
ALTER INDEX app.a_set ALTER COLUMN 1 SET STATISTICS 50;
