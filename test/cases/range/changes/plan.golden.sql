-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN "all" DROP DEFAULT;

-- 1 contract safe drop
DROP VIEW app.v;

-- 1 contract locking replace breaks=old rewrite scan index-rebuild
ALTER TABLE app.t ALTER COLUMN "all" TYPE text USING "all"::text, ALTER COLUMN s TYPE text USING s::text;
DROP TYPE app.span;
CREATE TYPE app.span AS RANGE (subtype = bigint);
ALTER TABLE app.t ALTER COLUMN "all" TYPE app.span_multirange USING "all"::app.span_multirange, ALTER COLUMN s TYPE app.span USING s::app.span;

-- 1 contract safe alter
ALTER TABLE app.t ALTER COLUMN "all" SET DEFAULT '{}';

-- 1 contract safe create
CREATE VIEW app.v AS
select id, app.span(1, 2) as built, s from app.t;

-- 1 contract safe grant
REVOKE ALL ON TYPE app.span FROM case_reader;
GRANT USAGE ON TYPE app.span TO case_reader;

-- 1 contract safe grant
REVOKE ALL ON TYPE app.span FROM PUBLIC;
GRANT USAGE ON TYPE app.span TO PUBLIC;

-- 1 contract safe create
COMMENT ON TYPE app.span IS 'Days.';

-- 1 contract safe create
ALTER TYPE app.span OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 2 contract safe rename breaks=old
ALTER TYPE app.hours RENAME TO times;
ALTER TYPE app.hours_multirange RENAME TO times_multirange;
ALTER FUNCTION app.hours(time without time zone, time without time zone) RENAME TO times;
ALTER FUNCTION app.hours(time without time zone, time without time zone, text) RENAME TO times;
ALTER FUNCTION app.hours_multirange() RENAME TO times_multirange;
ALTER FUNCTION app.hours_multirange(app.times) RENAME TO times_multirange;
ALTER FUNCTION app.hours_multirange(VARIADIC app.times[]) RENAME TO times_multirange;

-- 2 contract safe drop breaks=old
DROP TYPE app.unused;

-- 2 contract safe create
CREATE TYPE app.unused AS RANGE (subtype = text, collation = "C");

-- 2 contract safe create
ALTER TYPE app.unused OWNER TO postgres;
