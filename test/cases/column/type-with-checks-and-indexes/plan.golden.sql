-- 1 expand locking alter scan [locking]
ALTER TABLE app.t ALTER COLUMN a TYPE character varying(20);

-- 2 expand safe alter
ANALYZE app.t (a);

-- 3 expand safe alter
ALTER TABLE app.t ALTER COLUMN b TYPE text;

-- 4 expand safe alter
ANALYZE app.t (b);

-- 5 expand locking alter scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN c TYPE character varying(20);

-- 6 expand safe alter
ANALYZE app.t (c);

-- 7 expand safe alter
ALTER TABLE app.t ALTER COLUMN d TYPE numeric;

-- 8 expand safe alter
ANALYZE app.t (d);
