-- 1 expand safe create
ALTER TABLE app.v CLUSTER ON v_pkey;

-- 1 expand safe alter
ALTER TABLE app.u REPLICA IDENTITY USING INDEX u_code_idx;

-- 2 expand safe create
ALTER TABLE app.v REPLICA IDENTITY NOTHING;

-- 3 expand safe drop
ALTER TABLE app.gone REPLICA IDENTITY DEFAULT;

-- 3 expand safe drop
ALTER TABLE app.u SET WITHOUT CLUSTER;

-- 4 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.gone_code_idx;

-- 5 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_96d8e0c4284d" ON app.t (id, n);

-- 6 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX "~lockstep_96d8e0c4284d";

-- 6 contract safe create
ALTER TABLE app.t CLUSTER ON t_pkey;

-- 7 contract safe create
CREATE UNIQUE INDEX "~lockstep_55a3e27e2e06" ON ONLY app.parts (k, a);

-- 8 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_ca10c52c11f0" ON app.parts_1 (k, a);

-- 9 contract safe alter
ALTER INDEX app."~lockstep_55a3e27e2e06" ATTACH PARTITION app."~lockstep_ca10c52c11f0";

-- 10 contract safe replace
DROP INDEX app.parts_k_idx;
ALTER INDEX app."~lockstep_55a3e27e2e06" RENAME TO parts_k_idx;
ALTER INDEX app."~lockstep_ca10c52c11f0" RENAME TO parts_1_k_a_idx;

-- 10 contract safe create
ALTER TABLE app.parts_1 CLUSTER ON parts_1_k_a_idx;

-- 10 contract safe create
ALTER TABLE app.parts REPLICA IDENTITY USING INDEX parts_k_idx;

-- 10 contract safe create
ALTER TABLE app.parts_1 REPLICA IDENTITY USING INDEX parts_1_k_a_idx;

-- 11 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_735344cda78c" ON app.t (code, n);

-- 12 contract safe alter
ALTER TABLE app.t REPLICA IDENTITY USING INDEX "~lockstep_735344cda78c";

-- 13 contract safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_code_idx;

-- 14 contract safe rename
ALTER INDEX app."~lockstep_735344cda78c" RENAME TO t_code_idx;
