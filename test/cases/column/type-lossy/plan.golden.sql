-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN a TYPE character varying(5);

-- 2 contract safe alter
ANALYZE app.t (a);

-- 3 contract destructive alter breaks=old rewrite scan index-rebuild [destructive]
ALTER TABLE app.t ALTER COLUMN b TYPE numeric(6,1);

-- 4 contract safe alter
ANALYZE app.t (b);

-- 5 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN c TYPE integer;

-- 6 contract safe alter
ANALYZE app.t (c);
