-- 1 expand safe alter
ALTER SEQUENCE app.s SET LOGGED;

-- 1 expand safe alter
ALTER INDEX app.t_x SET (fillfactor = 70);

-- 2 expand locking alter index-rebuild
ALTER INDEX app.t_x SET TABLESPACE pg_default;

-- 3 expand locking alter rewrite [locking]
ALTER MATERIALIZED VIEW app.m SET TABLESPACE case_tablespace;

-- 4 expand safe alter
ALTER MATERIALIZED VIEW app.m RESET (fillfactor, toast.autovacuum_enabled);

-- 4 expand safe drop
DROP STATISTICS app.st;

-- 4 expand safe create
CREATE STATISTICS app.st ON a, lower(a), (b + 1) FROM app.t;

-- 4 expand safe create
ALTER STATISTICS app.st OWNER TO postgres;
