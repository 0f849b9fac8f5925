-- 1 expand safe alter
ALTER DOMAIN app.a DROP CONSTRAINT a_check;

-- 1 expand safe alter
ALTER DOMAIN app.c SET DEFAULT 6;

-- 1 expand safe create
CREATE DOMAIN app.e AS bigint CONSTRAINT e_check CHECK (value > 0);

-- 1 expand safe create
COMMENT ON DOMAIN app.e IS 'New.';

-- 2 contract safe alter breaks=old
ALTER DOMAIN app.a ADD CONSTRAINT a_given CHECK (value <> '') NOT VALID;

-- 3 contract locking validate scan [locking]
ALTER DOMAIN app.a VALIDATE CONSTRAINT a_given;

-- 4 contract safe alter breaks=old
ALTER DOMAIN app.a ADD CONSTRAINT a_short CHECK (length(value) < 10) NOT VALID;

-- 5 contract locking validate scan [locking]
ALTER DOMAIN app.a VALIDATE CONSTRAINT a_short;

-- 6 contract locking alter breaks=old scan [locking]
ALTER DOMAIN app.b SET NOT NULL;

-- 7 contract locking replace breaks=old rewrite scan index-rebuild [locking]
ALTER DOMAIN app.d RENAME TO "~lockstep_4043dd3ef515";
CREATE DOMAIN app.d AS character varying(20);
ALTER TABLE app.t ALTER COLUMN d TYPE app.d USING d::text::app.d;
DROP DOMAIN app."~lockstep_4043dd3ef515";

-- 7 contract safe create
ALTER DOMAIN app.d OWNER TO postgres;
