-- 1 expand safe alter
ALTER TABLE app.t ALTER COLUMN a TYPE character varying(40);

-- 2 expand safe alter
ANALYZE app.t (a);

-- 3 expand safe alter
ALTER TABLE app.t ALTER COLUMN b TYPE numeric(12,2);

-- 4 expand safe alter
ANALYZE app.t (b);

-- 5 expand safe alter
ALTER TABLE app.t ALTER COLUMN c TYPE timestamp(6) without time zone;

-- 6 expand safe alter
ANALYZE app.t (c);

-- 7 expand safe alter
ALTER TABLE app.t ALTER COLUMN d TYPE text, ALTER COLUMN d SET DEFAULT 'x';

-- 8 expand safe alter
ANALYZE app.t (d);
