-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN m DROP DEFAULT;

-- 1 contract safe drop
DROP FUNCTION app.f(app.cents);

-- 1 contract safe drop
DROP VIEW app.v;

-- 1 contract destructive replace breaks=old rewrite scan index-rebuild [destructive]
ALTER DOMAIN app.cents RENAME TO "~lockstep_b4642b31148a";
CREATE DOMAIN app.cents AS numeric(12,4) CONSTRAINT cents_check CHECK (value >= 0);
ALTER TABLE app.t ALTER COLUMN a TYPE app.cents[] USING a::text[]::app.cents[], ALTER COLUMN m DROP DEFAULT, ALTER COLUMN m TYPE app.cents USING m::text::app.cents, ALTER COLUMN m SET DEFAULT 5;
DROP DOMAIN app."~lockstep_b4642b31148a";

-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN m SET DEFAULT 5;

-- 1 contract safe create
create function app.f(a app.cents) returns app.cents language sql immutable as $$ select a $$;

-- 1 contract safe create
CREATE VIEW app.v AS
select id, m from app.t where m > 3;

-- 1 contract safe create
ALTER DOMAIN app.cents OWNER TO postgres;

-- 1 contract safe create
ALTER FUNCTION app.f(app.cents) OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;
