-- 1 contract safe alter breaks=old
ALTER TABLE app.leaves NO INHERIT app.r;

-- 2 contract safe alter breaks=old
ALTER TABLE app.says NO INHERIT app.r;

-- 2 contract safe alter
ALTER TABLE app.says DROP CONSTRAINT r_note;

-- 2 contract safe alter
ALTER TABLE app.says DROP CONSTRAINT twice;

-- 2 contract safe alter
ALTER TABLE app.says ADD CONSTRAINT twice CHECK (id > 1);

-- 2 contract safe alter
ALTER TABLE app.says ALTER COLUMN plus SET DEFAULT 7;

-- 2 contract safe alter
ALTER TABLE app.says INHERIT app.s;

-- 3 contract safe alter breaks=old
ALTER TABLE app.silent NO INHERIT app.r;

-- 3 contract safe alter
ALTER TABLE app.silent ALTER COLUMN note DROP DEFAULT;

-- 3 contract safe alter
ALTER TABLE app.silent ALTER COLUMN plus SET DEFAULT 8;

-- 3 contract safe alter
ALTER TABLE app.below ALTER COLUMN plus SET DEFAULT 1;

-- 3 contract safe alter
ALTER TABLE app.silent DROP CONSTRAINT r_note;

-- 3 contract safe alter
ALTER TABLE app.silent DROP CONSTRAINT twice;

-- 3 contract safe alter
ALTER TABLE app.silent ADD CONSTRAINT twice CHECK (id > 1);

-- 3 contract safe alter
ALTER TABLE app.silent INHERIT app.s;

-- 4 contract safe alter
ALTER TABLE app.leaves ALTER COLUMN note DROP DEFAULT;

-- 4 contract safe alter
ALTER TABLE app.leaves ALTER COLUMN plus DROP DEFAULT;

-- 4 contract safe alter
ALTER TABLE app.leaves DROP CONSTRAINT r_note;

-- 4 contract safe alter
ALTER TABLE app.leaves DROP CONSTRAINT same;

-- 4 contract safe alter
ALTER TABLE app.leaves DROP CONSTRAINT twice;
