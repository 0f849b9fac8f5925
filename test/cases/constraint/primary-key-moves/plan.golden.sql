-- 1 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_id_key ON app.t (id);

-- 2 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_id_key UNIQUE USING INDEX t_id_key;

-- 3 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "~lockstep_96d8e0c4284d" ON app.t (id, code);

-- 4 contract safe drop
ALTER TABLE app.c DROP CONSTRAINT c_t_fkey;

-- 4 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX "~lockstep_96d8e0c4284d";

-- 4 contract safe create
ALTER TABLE app.c ADD CONSTRAINT c_t_fkey FOREIGN KEY (t_id) REFERENCES app.t (id) NOT VALID;

-- 5 contract safe validate scan
ALTER TABLE app.c VALIDATE CONSTRAINT c_t_fkey;
