-- 1 expand safe alter
ALTER TYPE app.status ADD VALUE 'new' BEFORE 'draft';

-- 2 expand safe alter
ALTER TYPE app.status ADD VALUE 'shipped';

-- 3 contract safe rename breaks=old
ALTER TYPE app.status RENAME VALUE 'paid' TO 'settled';

-- 3 contract safe alter
ALTER TABLE app.t ALTER COLUMN s SET DEFAULT 'new';
