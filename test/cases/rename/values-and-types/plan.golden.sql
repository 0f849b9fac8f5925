-- 1 expand safe create
ALTER TABLE app.t ADD COLUMN n text;

-- 2 contract safe rename breaks=old
ALTER TYPE app.kind RENAME VALUE 'small' TO 'tiny';
