-- 1 expand safe drop
ALTER TABLE app.child DROP CONSTRAINT child_pkey;

-- 1 expand safe alter
ALTER TABLE app.child ALTER COLUMN id DROP NOT NULL;

-- 2 expand safe drop
ALTER TABLE app.t DROP CONSTRAINT t_pkey;

-- 2 expand safe alter
ALTER TABLE app.t ALTER COLUMN id DROP NOT NULL;

-- 3 expand safe drop
ALTER TABLE app.typed DROP CONSTRAINT typed_pkey;

-- 3 expand safe alter
ALTER TABLE app.typed ALTER COLUMN a DROP NOT NULL;

-- 4 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_841b990fc4a4" ON app.becomes_unique (id);

-- 5 contract safe replace breaks=old
ALTER TABLE app.becomes_unique DROP CONSTRAINT k, ADD CONSTRAINT k UNIQUE USING INDEX "~lockstep_841b990fc4a4";

-- 6 contract safe alter
ALTER TABLE app.becomes_unique ALTER COLUMN id DROP NOT NULL;
