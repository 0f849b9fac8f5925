-- 1 expand safe create
CREATE TABLE app.new (
  id integer NOT NULL,
  note text,
  CONSTRAINT twice CHECK (id >= 1)
) PARTITION BY list (id);

-- 2 contract safe alter breaks=old
ALTER TABLE app.kept ADD CONSTRAINT "~lockstep_6977abe8b607" CHECK (id IS NOT NULL AND id = '1') NOT VALID;

-- 3 contract safe validate scan
ALTER TABLE app.kept VALIDATE CONSTRAINT "~lockstep_6977abe8b607";

-- 4 contract safe alter breaks=old
ALTER TABLE app.old DETACH PARTITION app.kept;

-- 4 contract safe alter
ALTER TABLE app.kept ALTER COLUMN note DROP DEFAULT;

-- 4 contract safe rename
ALTER TABLE app.kept RENAME CONSTRAINT old_id_not_null TO new_id_not_null;

-- 4 contract safe replace breaks=old
ALTER TABLE app.kept DROP CONSTRAINT twice, ADD CONSTRAINT twice CHECK (id >= 1) NOT VALID;

-- 4 contract safe drop
ALTER TABLE app.kept DROP CONSTRAINT old_note;

-- 4 contract destructive drop breaks=old [destructive, undeclared]
DROP TABLE app.old;

-- 4 contract safe validate scan
ALTER TABLE app.kept VALIDATE CONSTRAINT twice;

-- 4 contract safe alter breaks=old
ALTER TABLE app.new ATTACH PARTITION app.kept FOR VALUES in (1);
ALTER TABLE app.kept DROP CONSTRAINT "~lockstep_6977abe8b607";

-- 5 contract safe alter breaks=old
ALTER TABLE app.says ADD CONSTRAINT "~lockstep_4a0c0a91c7b7" CHECK (id IS NOT NULL AND id >= '10' AND id < '20') NOT VALID;

-- 6 contract safe validate scan
ALTER TABLE app.says VALIDATE CONSTRAINT "~lockstep_4a0c0a91c7b7";

-- 7 contract safe alter breaks=old
ALTER TABLE app.r DETACH PARTITION app.says;

-- 7 contract safe alter
ALTER TABLE app.says ALTER COLUMN plus SET DEFAULT 7;

-- 7 contract safe alter
ALTER TABLE app.says ALTER COLUMN more SET DEFAULT 'more';

-- 7 contract safe rename
ALTER TABLE app.says RENAME CONSTRAINT r_id_not_null TO s_id_not_null;

-- 7 contract safe create breaks=old
ALTER TABLE app.says ADD CONSTRAINT s_nn_not_null NOT NULL nn NOT VALID;

-- 7 contract safe validate scan
ALTER TABLE app.says VALIDATE CONSTRAINT s_nn_not_null;

-- 7 contract safe create breaks=old
ALTER TABLE app.says ADD CONSTRAINT s_plus_not_null NOT NULL plus NOT VALID;

-- 7 contract safe validate scan
ALTER TABLE app.says VALIDATE CONSTRAINT s_plus_not_null;

-- 7 contract safe replace breaks=old
ALTER TABLE app.says DROP CONSTRAINT twice, ADD CONSTRAINT twice CHECK (id > 1) NOT VALID;

-- 7 contract safe validate scan
ALTER TABLE app.says VALIDATE CONSTRAINT twice;

-- 7 contract safe drop
ALTER TABLE app.says DROP CONSTRAINT r_note;

-- 7 contract safe alter breaks=old
ALTER TABLE app.s ATTACH PARTITION app.says FOR VALUES from (10) to (20);
ALTER TABLE app.says DROP CONSTRAINT "~lockstep_4a0c0a91c7b7";

-- 8 contract safe alter breaks=old
ALTER TABLE app.silent ADD CONSTRAINT "~lockstep_825e98832daa" CHECK (id IS NOT NULL AND id >= '2' AND id < '10') NOT VALID;

-- 9 contract safe validate scan
ALTER TABLE app.silent VALIDATE CONSTRAINT "~lockstep_825e98832daa";

-- 10 contract safe alter breaks=old
ALTER TABLE app.r DETACH PARTITION app.silent;

-- 10 contract safe alter
ALTER TABLE app.silent ALTER COLUMN note DROP DEFAULT;

-- 10 contract safe alter
ALTER TABLE app.silent ALTER COLUMN plus SET DEFAULT 8;

-- 10 contract safe rename
ALTER TABLE app.silent RENAME CONSTRAINT r_id_not_null TO s_id_not_null;

-- 10 contract safe create breaks=old
ALTER TABLE app.silent ADD CONSTRAINT s_nn_not_null NOT NULL nn NOT VALID;

-- 10 contract safe validate scan
ALTER TABLE app.silent VALIDATE CONSTRAINT s_nn_not_null;

-- 10 contract safe create breaks=old
ALTER TABLE app.silent ADD CONSTRAINT s_plus_not_null NOT NULL plus NOT VALID;

-- 10 contract safe validate scan
ALTER TABLE app.silent VALIDATE CONSTRAINT s_plus_not_null;

-- 10 contract safe replace breaks=old
ALTER TABLE app.silent DROP CONSTRAINT twice, ADD CONSTRAINT twice CHECK (id > 1) NOT VALID;

-- 10 contract safe validate scan
ALTER TABLE app.silent VALIDATE CONSTRAINT twice;

-- 10 contract safe drop
ALTER TABLE app.silent DROP CONSTRAINT r_note;

-- 10 contract safe alter breaks=old
ALTER TABLE app.s ATTACH PARTITION app.silent FOR VALUES from (2) to (10);
ALTER TABLE app.silent DROP CONSTRAINT "~lockstep_825e98832daa";
