-- 1 contract locking create breaks=old scan index-rebuild
ALTER TABLE app.empty ADD CONSTRAINT empty_a_key UNIQUE (a);

-- 2 contract locking create breaks=old scan index-rebuild
ALTER TABLE app.empty ADD CONSTRAINT empty_pkey PRIMARY KEY (id);

-- 3 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_a_key ON app.t (a);

-- 4 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;

-- 5 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_ab_key ON app.t (a, b);

-- 6 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_ab_key UNIQUE USING INDEX t_ab_key DEFERRABLE;

-- 7 contract safe create breaks=old scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON app.t (id) INCLUDE (b);

-- 8 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_pkey;
