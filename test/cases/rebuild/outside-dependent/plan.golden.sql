-- 1 contract safe drop [rebuild:other.v]
DROP VIEW other.v;

-- 1 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint;

-- 1 contract safe create [rebuild:other.v]
CREATE VIEW other.v AS
SELECT id,
    n
   FROM app.t;

-- 1 contract safe grant [rebuild:other.v]
REVOKE ALL ON TABLE other.v FROM case_reader;
GRANT SELECT ON TABLE other.v TO case_reader;

-- 1 contract safe create [rebuild:other.v]
COMMENT ON VIEW other.v IS 'Of another team.';

-- 1 contract safe create [rebuild:other.v]
ALTER VIEW other.v OWNER TO postgres;

-- 2 contract safe alter
ANALYZE app.t (n);
