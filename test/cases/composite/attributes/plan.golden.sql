-- 1 expand safe create
CREATE TYPE app.made AS (x integer, y numeric(10,2));

-- 2 contract safe alter breaks=old
ALTER TYPE app.address DROP ATTRIBUTE old;

-- 2 contract safe alter breaks=old
ALTER TYPE app.address ALTER ATTRIBUTE street TYPE character varying(50);

-- 2 contract safe alter
ALTER TYPE app.address ADD ATTRIBUTE city text;

-- 3 contract safe drop breaks=old
DROP TYPE app.unused;
