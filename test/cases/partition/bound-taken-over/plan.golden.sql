-- 1 expand safe alter breaks=old
ALTER TABLE app.rest ADD CONSTRAINT "~lockstep_5fe9bc5f6580" CHECK (NOT (k IS NOT NULL AND k = '51')) NOT VALID;

-- 2 expand safe validate scan
ALTER TABLE app.rest VALIDATE CONSTRAINT "~lockstep_5fe9bc5f6580";

-- 3 expand safe create
CREATE TABLE app.r_more (LIKE app.r INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION);
ALTER TABLE app.r ATTACH PARTITION app.r_more FOR VALUES from (20) to (maxvalue);

-- 4 contract safe drop breaks=old
DROP TABLE app.h_1;

-- 4 contract safe create
CREATE TABLE app.h_13 PARTITION OF app.h FOR VALUES with (modulus 4, remainder 1);

-- 4 contract safe create
CREATE TABLE app.h_33 PARTITION OF app.h FOR VALUES with (modulus 4, remainder 3);

-- 5 contract safe drop breaks=old
DROP TABLE app.old;

-- 5 contract safe create
CREATE TABLE app.new (LIKE app.l INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION) PARTITION BY list (k);
ALTER TABLE app.l ATTACH PARTITION app.new FOR VALUES in (51);
ALTER TABLE app.rest DROP CONSTRAINT "~lockstep_5fe9bc5f6580";

-- 6 contract safe drop breaks=old
DROP TABLE app.r_old;

-- 6 contract safe create
CREATE TABLE app.r_high (LIKE app.r INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION);
ALTER TABLE app.r ATTACH PARTITION app.r_high FOR VALUES from (5) to (10);

-- 6 contract safe create
CREATE TABLE app.r_low (LIKE app.r INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION);
ALTER TABLE app.r ATTACH PARTITION app.r_low FOR VALUES from (1) to (5);
