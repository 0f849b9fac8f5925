-- 1 expand safe create
ALTER TABLE app.joins ADD COLUMN fresh text DEFAULT 'f';

-- 2 expand safe alter
ALTER TABLE app.two ALTER COLUMN more TYPE character varying;

-- 3 expand safe alter
ANALYZE app.two (more);

-- 4 contract safe alter breaks=old
ALTER TABLE app.leaves NO INHERIT app.base;

-- 5 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.base ALTER COLUMN id TYPE bigint;

-- 6 contract safe alter
ANALYZE app.base (id);

-- 7 contract safe alter
ALTER TABLE app.base ALTER COLUMN label SET DEFAULT 'new';

-- 8 contract safe alter
ALTER TABLE app.child ALTER COLUMN label SET DEFAULT 'child';

-- 9 contract safe alter breaks=old
ALTER TABLE app.base ADD CONSTRAINT base_note_not_null NOT NULL note NOT VALID;

-- 10 contract safe validate scan
ALTER TABLE app.base VALIDATE CONSTRAINT base_note_not_null;

-- 11 contract safe create
ALTER TABLE app.base ADD COLUMN fresh text DEFAULT 'f';

-- 12 contract safe alter
ALTER TABLE app.child ALTER COLUMN note SET STORAGE EXTERNAL;

-- 12 contract safe alter
ALTER TABLE app.child ALTER COLUMN note SET STATISTICS 50;

-- 13 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.joins ALTER COLUMN id TYPE bigint;

-- 14 contract safe alter
ALTER TABLE app.joins ALTER COLUMN label SET DEFAULT 'own';

-- 15 contract locking alter breaks=old scan
ALTER TABLE app.joins ALTER COLUMN note SET NOT NULL;

-- 16 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.two ALTER COLUMN number TYPE bigint;

-- 17 contract safe alter
ANALYZE app.two (number);

-- 18 contract safe create breaks=old
ALTER TABLE app.base ADD CONSTRAINT noted CHECK (note <> '') NOT VALID;

-- 19 contract safe validate scan
ALTER TABLE app.base VALIDATE CONSTRAINT noted;

-- 20 contract locking create breaks=old scan
ALTER TABLE app.joins ADD CONSTRAINT noted CHECK (note <> '');

-- 21 contract locking create breaks=old scan
ALTER TABLE app.joins ADD CONSTRAINT positive CHECK (id > 0);

-- 22 contract safe alter
ALTER TABLE app.joins INHERIT app.base;
