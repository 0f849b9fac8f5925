-- 1 expand safe alter
ALTER TABLE app.t ALTER COLUMN b DROP NOT NULL;

-- 2 contract safe alter breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;

-- 3 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_a_not_null;
