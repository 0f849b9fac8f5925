-- 1 expand safe alter
ALTER TABLE app.loose ALTER COLUMN note SET DEFAULT 'none';

-- 1 expand safe rename
ALTER TABLE app.loose RENAME CONSTRAINT loose_at_not_null TO r_at_not_null;

-- 2 contract safe alter breaks=old no-transaction
ALTER TABLE app.l DETACH PARTITION app.l_1 CONCURRENTLY;

-- 3 contract safe alter
ALTER TABLE app.l_1 DROP CONSTRAINT IF EXISTS l_1_k_check;

-- 4 contract safe alter breaks=old
ALTER TABLE app.l_2 ADD CONSTRAINT "~lockstep_5079421b76e9" CHECK (k IS NOT NULL AND k >= '2' AND k < '3') NOT VALID;

-- 5 contract safe validate scan
ALTER TABLE app.l_2 VALIDATE CONSTRAINT "~lockstep_5079421b76e9";

-- 6 contract safe alter breaks=old
ALTER TABLE app.l DETACH PARTITION app.l_2;

-- 7 contract safe rename
ALTER TABLE app.l_2 RENAME CONSTRAINT l_k_not_null TO l2_k_not_null;

-- 8 contract safe drop no-transaction
DROP INDEX CONCURRENTLY app.l_2_v_idx;

-- 9 contract safe drop
ALTER TABLE app.l_2 DROP CONSTRAINT l_v;

-- 10 contract safe alter breaks=old
ALTER TABLE app.l2 ATTACH PARTITION app.l_2 FOR VALUES from (2) to (3);
ALTER TABLE app.l_2 DROP CONSTRAINT "~lockstep_5079421b76e9";

-- 11 contract safe alter breaks=old
ALTER TABLE app.loose ADD CONSTRAINT "~lockstep_5dbde0d61274" CHECK (at IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01') NOT VALID;

-- 12 contract safe validate scan
ALTER TABLE app.loose VALIDATE CONSTRAINT "~lockstep_5dbde0d61274";

-- 13 contract safe alter breaks=old
ALTER TABLE app.r_rest ADD CONSTRAINT "~lockstep_b7d21c0bdb3f" CHECK (NOT (at IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01')) NOT VALID;

-- 14 contract safe validate scan
ALTER TABLE app.r_rest VALIDATE CONSTRAINT "~lockstep_b7d21c0bdb3f";

-- 15 contract safe rename
ALTER TABLE app.l_1 RENAME CONSTRAINT l_k_not_null TO l_1_k_not_null;

-- 16 contract safe create breaks=old
ALTER TABLE app.loose ADD CONSTRAINT r_id_not_null NOT NULL id NOT VALID;

-- 17 contract safe validate scan
ALTER TABLE app.loose VALIDATE CONSTRAINT r_id_not_null;

-- 18 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY loose_pkey ON app.loose (id, at);

-- 19 contract safe create breaks=old
ALTER TABLE app.loose ADD CONSTRAINT loose_pkey PRIMARY KEY USING INDEX loose_pkey;

-- 20 contract safe create breaks=old
ALTER TABLE app.loose ADD CONSTRAINT r_id_fkey FOREIGN KEY (id) REFERENCES app.target (id) NOT VALID;

-- 21 contract safe validate scan
ALTER TABLE app.loose VALIDATE CONSTRAINT r_id_fkey;

-- 22 contract safe create breaks=old
ALTER TABLE app.loose ADD CONSTRAINT r_note CHECK (note <> '') NOT VALID;

-- 23 contract safe validate scan
ALTER TABLE app.loose VALIDATE CONSTRAINT r_note;

-- 24 contract safe rename
ALTER INDEX app.loose_by_note RENAME TO loose_note_idx;

-- 24 contract destructive drop breaks=old [destructive]
ALTER TABLE app.loose DROP COLUMN extra;

-- 25 contract safe alter breaks=old
ALTER TABLE app.r ATTACH PARTITION app.loose FOR VALUES from ('2026-01-01') to ('2027-01-01');
ALTER TABLE app.loose DROP CONSTRAINT "~lockstep_5dbde0d61274";
ALTER TABLE app.r_rest DROP CONSTRAINT "~lockstep_b7d21c0bdb3f";
