-- 1 expand safe alter
ALTER TABLE app.m ALTER COLUMN label SET DEFAULT 'all';

-- 1 expand safe alter
ALTER TABLE app.m1 ALTER COLUMN label SET DEFAULT 'one';

-- 1 expand safe alter
ALTER TABLE app.m ALTER COLUMN note SET STORAGE MAIN;

-- 1 expand safe alter
ALTER TABLE app.m1 ALTER COLUMN note SET STORAGE EXTERNAL;

-- 1 expand safe create
ALTER TABLE app.m ADD COLUMN p integer DEFAULT 1;

-- 1 expand safe create
CREATE TABLE app.m4 PARTITION OF app.m (
  label WITH OPTIONS DEFAULT 'four',
  n WITH OPTIONS NOT NULL
) FOR VALUES in (4);

-- 1 expand safe alter
ALTER TABLE app.m4 ALTER COLUMN n SET STATISTICS 10;

-- 1 expand safe alter
ALTER TABLE app.m2 ALTER COLUMN label DROP DEFAULT;

-- 1 expand safe alter
ALTER TABLE app.m2 ALTER COLUMN p SET DEFAULT 2;

-- 1 expand safe alter
ALTER TABLE app.m3 ALTER COLUMN n DROP NOT NULL;

-- 1 expand safe drop
COMMENT ON COLUMN app.m1.note IS NULL;

-- 2 contract safe alter breaks=old
ALTER TABLE app.m2 ADD CONSTRAINT m2_n_not_null NOT NULL n NOT VALID;

-- 3 contract safe validate scan
ALTER TABLE app.m2 VALIDATE CONSTRAINT m2_n_not_null;
