-- 1 contract safe drop no-transaction
DROP INDEX CONCURRENTLY app.t_a_key;

-- 2 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_a_key ON app.t (a);
