-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN id TYPE bigint;

-- 2 contract safe alter
ANALYZE app.t (id);

-- 3 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint, ALTER COLUMN n SET DEFAULT 5;

-- 4 contract safe alter
ANALYZE app.t (n);

-- 5 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN s TYPE integer USING s::integer;

-- 6 contract safe alter
ANALYZE app.t (s);
