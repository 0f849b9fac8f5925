-- 1 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_b_idx ON app.t using gin (b) WITH (fastupdate = off);

-- 2 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_c_idx ON app.t using gist (c);

-- 3 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "~lockstep_84cc87d31612" ON app.t (a desc nulls last, d) include (id) where a <> '';

-- 4 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_collate_idx ON app.t (a collate "C");

-- 5 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_d_idx ON app.t using brin (d) WITH (pages_per_range = 16);

-- 6 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_expr_idx ON app.t ((e ->> 'k'), (id + 1));

-- 7 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_hash_idx ON app.t using hash (a);

-- 8 expand safe alter
ALTER INDEX app.t_option_idx SET (fillfactor = 70);

-- 9 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_path_idx ON app.t using gin (e jsonb_path_ops) where id > 0;

-- 10 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_pattern_idx ON app.t (a text_pattern_ops, id);

-- 11 expand safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY t_trgm_idx ON app.t using gin (a public.gin_trgm_ops);

-- 12 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_changes_idx;

-- 13 expand safe rename
ALTER INDEX app."~lockstep_84cc87d31612" RENAME TO t_changes_idx;

-- 14 expand safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_old_idx;

-- 15 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_a_key ON app.t (lower(a));

-- 16 contract safe create
COMMENT ON INDEX app.t_a_key IS 'No two alike.';
