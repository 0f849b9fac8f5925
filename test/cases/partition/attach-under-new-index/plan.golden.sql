-- 1 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY p4_part_idx ON app.p4 (part) where part > 1;

-- 2 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY p4_part_idx1 ON app.p4 (part desc);

-- 3 contract safe alter breaks=old
ALTER TABLE app.p4 ADD CONSTRAINT "~lockstep_54a7fdeab68b" CHECK (part IS NOT NULL AND part = '4') NOT VALID;

-- 4 contract safe validate scan
ALTER TABLE app.p4 VALIDATE CONSTRAINT "~lockstep_54a7fdeab68b";

-- 5 contract safe alter breaks=old
ALTER TABLE app.rest ADD CONSTRAINT "~lockstep_124d10931811" CHECK (NOT (part IS NOT NULL AND part = '4')) NOT VALID;

-- 6 contract safe validate scan
ALTER TABLE app.rest VALIDATE CONSTRAINT "~lockstep_124d10931811";

-- 7 contract safe alter breaks=old
ALTER TABLE app.t DETACH PARTITION app.p5;

-- 7 contract safe create
CREATE INDEX "~lockstep_8e27b60cd9f0" ON ONLY app.t (part) where part > 1;

-- 8 contract safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_e068efbf6111" ON app.rest (part) where part > 1;

-- 9 contract safe alter
ALTER INDEX app."~lockstep_8e27b60cd9f0" ATTACH PARTITION app."~lockstep_e068efbf6111";

-- 10 contract safe replace
DROP INDEX app.t_idx;
ALTER INDEX app."~lockstep_8e27b60cd9f0" RENAME TO t_idx;
ALTER INDEX app."~lockstep_e068efbf6111" RENAME TO rest_part_idx;

-- 11 contract safe create
CREATE INDEX t_new ON ONLY app.t (part desc);

-- 12 contract safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY rest_part_idx1 ON app.rest (part desc);

-- 13 contract safe alter
ALTER INDEX app.t_new ATTACH PARTITION app.rest_part_idx1;

-- 14 contract safe alter breaks=old
ALTER TABLE app.t ATTACH PARTITION app.p4 FOR VALUES in (4);
ALTER TABLE app.p4 DROP CONSTRAINT "~lockstep_54a7fdeab68b";
ALTER TABLE app.rest DROP CONSTRAINT "~lockstep_124d10931811";
