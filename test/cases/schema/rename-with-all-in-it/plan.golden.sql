-- 1 contract safe rename breaks=old
ALTER SCHEMA old RENAME TO new;

-- 1 contract safe create
ALTER TABLE new.people ADD COLUMN name text;
