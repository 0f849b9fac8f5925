-- 1 contract safe alter breaks=old
ALTER EXTENSION citext SET SCHEMA ext;

-- 1 contract safe alter breaks=old
ALTER EXTENSION pg_trgm SET SCHEMA ext;

-- 1 contract safe alter
ALTER EXTENSION pg_trgm UPDATE TO '1.6';
