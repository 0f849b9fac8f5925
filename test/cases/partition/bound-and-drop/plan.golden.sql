-- 1 contract safe alter breaks=old
ALTER TABLE app.r_1 ADD CONSTRAINT "~lockstep_72a28db2d5e7" CHECK (at IS NOT NULL AND at >= '-10' AND at < '10') NOT VALID;

-- 2 contract safe validate scan
ALTER TABLE app.r_1 VALIDATE CONSTRAINT "~lockstep_72a28db2d5e7";

-- 3 contract safe alter breaks=old
ALTER TABLE app.r DETACH PARTITION app.r_1;
ALTER TABLE app.r ATTACH PARTITION app.r_1 FOR VALUES from (-10) to (10);
ALTER TABLE app.r_1 DROP CONSTRAINT "~lockstep_72a28db2d5e7";

-- 4 contract safe drop breaks=old
DROP TABLE app.r_3;
