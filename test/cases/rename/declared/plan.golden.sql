-- 1 contract safe rename breaks=old
ALTER SEQUENCE app.numbers RENAME TO digits;

-- 2 contract safe rename breaks=old
ALTER TABLE app.people RENAME TO persons;

-- 3 contract safe rename
ALTER TABLE app.persons RENAME CONSTRAINT people_id_not_null TO persons_id_not_null;

-- 3 contract safe rename breaks=old
ALTER TABLE app.persons RENAME COLUMN name TO full_name;

-- 3 contract safe rename
ALTER TABLE app.persons RENAME CONSTRAINT people_name_not_null TO persons_full_name_not_null;

-- 4 contract safe create breaks=old
ALTER TABLE app.persons ADD CONSTRAINT persons_full_name_check CHECK (full_name <> '') NOT VALID;

-- 5 contract safe validate scan
ALTER TABLE app.persons VALIDATE CONSTRAINT persons_full_name_check;

-- 6 contract safe rename
ALTER TABLE app.persons RENAME CONSTRAINT people_pkey TO persons_pkey;

-- 6 contract safe rename
ALTER INDEX app.people_name_idx RENAME TO persons_full_name_idx;

-- 6 contract safe drop
ALTER TABLE app.persons DROP CONSTRAINT people_name_check;
