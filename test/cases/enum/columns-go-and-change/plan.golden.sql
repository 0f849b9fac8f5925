-- 1 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN goes;

-- 1 contract safe alter breaks=old
ALTER TABLE app.t ALTER COLUMN loses DROP DEFAULT;

-- 1 contract destructive replace breaks=old rewrite scan index-rebuild [destructive]
ALTER TYPE app.state RENAME TO "~lockstep_a674e07aff8e";
CREATE TYPE app.state AS ENUM ('draft', 'paid');
ALTER TABLE app.t ALTER COLUMN gets DROP DEFAULT, ALTER COLUMN gets TYPE app.state USING gets::text::app.state, ALTER COLUMN gets SET DEFAULT 'paid', ALTER COLUMN loses TYPE app.state USING loses::text::app.state;
DROP TYPE app."~lockstep_a674e07aff8e";

-- 1 contract safe create
ALTER TYPE app.state OWNER TO postgres;

-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN loses DROP NOT NULL;

-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN loses SET STATISTICS 300;

-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN gets SET DEFAULT 'paid';

-- 2 contract safe alter breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_gets_not_null NOT NULL gets NOT VALID;

-- 3 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_gets_not_null;
