-- 1 expand safe alter
ALTER SEQUENCE app.s_id_seq as bigint maxvalue 9223372036854775807;

-- 2 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.a ALTER COLUMN id TYPE bigint;

-- 3 contract safe alter
ANALYZE app.a (id);

-- 4 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.s ALTER COLUMN id TYPE bigint, ALTER COLUMN id SET DEFAULT nextval('app.s_id_seq'::regclass);

-- 5 contract safe alter
ANALYZE app.s (id);
