-- 1 expand safe alter
ALTER TABLE app.t ALTER COLUMN a SET DEFAULT lower('Y');

-- 2 expand locking alter scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN b TYPE text COLLATE pg_catalog."C";

-- 3 expand safe alter
ANALYZE app.t (b);

-- 4 expand safe alter
ALTER TABLE app.t ALTER COLUMN c SET DEFAULT 'new';

-- 4 expand safe alter
ALTER TABLE app.t ALTER COLUMN c SET STORAGE EXTERNAL;

-- 4 expand safe alter
ALTER TABLE app.t ALTER COLUMN d SET STATISTICS 500;

-- 4 expand safe create
ALTER TABLE app.t ADD COLUMN e text STORAGE MAIN;

-- 4 expand safe alter
ALTER TABLE app.t ALTER COLUMN e SET STATISTICS 300;
