-- 1 contract safe rename breaks=old
ALTER TABLE app."both" RENAME TO each;

-- 2 contract safe rename breaks=old
ALTER TABLE app.old RENAME TO fresh;

-- 3 contract safe rename
ALTER TABLE app.fresh RENAME CONSTRAINT old_id_not_null TO fresh_id_not_null;

-- 4 contract safe rename
ALTER SEQUENCE app.old_id_seq RENAME TO fresh_id_seq;

-- 5 contract safe rename breaks=old
ALTER TABLE app.each RENAME COLUMN a TO b;

-- 5 contract safe rename
ALTER TABLE app.each RENAME CONSTRAINT both_a_not_null TO each_b_not_null;

-- 6 contract safe rename
ALTER SEQUENCE app.both_a_seq RENAME TO each_b_seq;

-- 7 contract safe rename breaks=old
ALTER TABLE app.stays RENAME COLUMN a TO b;

-- 7 contract safe rename
ALTER TABLE app.stays RENAME CONSTRAINT stays_a_not_null TO stays_b_not_null;

-- 8 contract safe rename
ALTER SEQUENCE app.stays_a_seq RENAME TO stays_b_seq;

-- 9 contract safe rename
ALTER TABLE app.fresh RENAME CONSTRAINT old_pkey TO fresh_pkey;
