-- 1 expand safe alter
ALTER TABLE app.c ALTER COLUMN code TYPE character varying(20);

-- 2 expand safe alter
ANALYZE app.c (code);

-- 3 expand safe alter
ALTER TABLE app.p ALTER COLUMN code TYPE character varying(20);

-- 4 expand safe alter
ANALYZE app.p (code);

-- 5 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.c ALTER COLUMN p_id TYPE bigint;

-- 6 contract safe alter
ANALYZE app.c (p_id);

-- 7 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.p ALTER COLUMN id TYPE bigint;

-- 8 contract safe alter
ANALYZE app.p (id);
