-- 1 expand safe alter
ALTER TABLE app.leaves NOT OF;

-- 2 contract destructive alter breaks=old [destructive]
ALTER TABLE app.homes NOT OF;
ALTER TYPE app.address DROP ATTRIBUTE city;
ALTER TABLE app.homes DROP COLUMN city;
ALTER TABLE app.homes OF app.address;

-- 3 contract destructive alter breaks=old rewrite scan index-rebuild [destructive]
ALTER TABLE app.homes NOT OF;
ALTER TYPE app.address ALTER ATTRIBUTE zip TYPE character varying(10);
ALTER TABLE app.homes ALTER COLUMN zip TYPE character varying(10), ALTER COLUMN zip SET DEFAULT '0000';
ALTER TABLE app.homes OF app.address;

-- 4 contract safe alter
ALTER TABLE app.homes NOT OF;
ALTER TYPE app.address ADD ATTRIBUTE country text;
ALTER TABLE app.homes ADD COLUMN country text;
ALTER TABLE app.homes OF app.address;

-- 5 contract safe alter breaks=old
ALTER TABLE app.homes ADD CONSTRAINT homes_zip_not_null NOT NULL zip NOT VALID;

-- 6 contract safe validate scan
ALTER TABLE app.homes VALIDATE CONSTRAINT homes_zip_not_null;

-- 7 contract safe alter
ALTER TABLE app.joins ALTER COLUMN country SET STATISTICS 5;

-- 7 contract safe alter
ALTER TABLE app.joins OF app.address;
