-- 1 expand safe alter
ALTER TYPE app.level ADD VALUE 'odd';

-- 2 contract locking replace breaks=old rewrite scan index-rebuild [locking]
ALTER TYPE app.address RENAME TO "~lockstep_7c6d184cc0fb";
CREATE TYPE app.address AS (street character varying(80), zip text);
ALTER TABLE app.t ALTER COLUMN address TYPE app.address USING address::text::app.address;
DROP TYPE app."~lockstep_7c6d184cc0fb";

-- 2 contract safe create
COMMENT ON TYPE app.address IS 'Where';

-- 2 contract safe create
COMMENT ON COLUMN app.address.zip IS 'Digits';

-- 2 contract safe create
ALTER TYPE app.address OWNER TO case_owner;

-- 3 contract safe alter
ALTER TABLE app.t ALTER COLUMN amount DROP DEFAULT;

-- 3 contract locking replace breaks=old rewrite scan index-rebuild [locking]
ALTER DOMAIN app.amount RENAME TO "~lockstep_ca2ce2d9beb7";
CREATE DOMAIN app.amount AS bigint CONSTRAINT amount_check CHECK (VALUE > 0);
ALTER TABLE app.t ALTER COLUMN amount DROP DEFAULT, ALTER COLUMN amount TYPE app.amount USING amount::text::app.amount, ALTER COLUMN amount SET DEFAULT 3;
DROP DOMAIN app."~lockstep_ca2ce2d9beb7";

-- 3 contract safe alter
ALTER TABLE app.t ALTER COLUMN amount SET DEFAULT 3;

-- 3 contract safe grant
REVOKE ALL ON DOMAIN app.amount FROM case_reader;
GRANT USAGE ON DOMAIN app.amount TO case_reader;

-- 3 contract safe grant
REVOKE ALL ON DOMAIN app.amount FROM PUBLIC;
GRANT USAGE ON DOMAIN app.amount TO PUBLIC;

-- 3 contract safe create
COMMENT ON DOMAIN app.amount IS 'How much';

-- 3 contract safe create
ALTER DOMAIN app.amount OWNER TO postgres;

-- 4 contract safe drop
ALTER TABLE app.computed DROP COLUMN is_low;

-- 4 contract safe alter
ALTER TABLE app.t ALTER COLUMN level DROP DEFAULT;

-- 4 contract safe drop
ALTER TABLE app.t DROP CONSTRAINT t_level_check;

-- 4 contract safe drop
DROP FUNCTION app.body2();

-- 4 contract safe drop
DROP PROCEDURE app.body3();

-- 4 contract safe drop
DROP INDEX app.t_level;

-- 4 contract safe drop
DROP VIEW app.over_body;

-- 4 contract safe drop
DROP FUNCTION app.body(integer);

-- 4 contract safe drop
DROP VIEW app.v3;

-- 4 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.other ALTER COLUMN ref TYPE bigint;

-- 4 contract safe drop
DROP VIEW app.v2;

-- 4 contract safe drop
DROP MATERIALIZED VIEW app.m;

-- 4 contract safe drop
DROP VIEW app.v1;

-- 4 contract safe drop
DROP STATISTICS app.t_both;

-- 4 contract safe drop
DROP STATISTICS app.t_sum;

-- 4 contract safe drop
DROP RULE t_no_delete ON app.t;

-- 4 contract safe drop
DROP TRIGGER touch ON app.t;

-- 4 contract safe drop
DROP TRIGGER touch_later ON app.t;

-- 4 contract safe policy
DROP POLICY other_n ON app.other;

-- 4 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.other ALTER COLUMN n TYPE bigint;

-- 4 contract safe policy
DROP POLICY t_level ON app.t;

-- 4 contract locking replace rewrite scan index-rebuild [locking]
ALTER TYPE app.level RENAME TO "~lockstep_3e0336327999";
CREATE TYPE app.level AS ENUM ('mid', 'low', 'high', 'odd');
ALTER TABLE app.computed ALTER COLUMN level TYPE app.level USING level::text::app.level;
ALTER TABLE app.t ALTER COLUMN level DROP DEFAULT, ALTER COLUMN level TYPE app.level USING level::text::app.level, ALTER COLUMN level SET DEFAULT 'low', ALTER COLUMN levels TYPE app.level[] USING levels::text[]::app.level[];
DROP TYPE app."~lockstep_3e0336327999";

-- 4 contract locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.computed ADD COLUMN is_low boolean GENERATED ALWAYS AS (level = 'low'::app.level) STORED;

-- 4 contract safe alter
ALTER TABLE app.t ALTER COLUMN level SET DEFAULT 'low';

-- 4 contract safe create
ALTER TABLE app.t ADD CONSTRAINT t_level_check CHECK (level <> 'high'::app.level) NOT VALID;

-- 4 contract locking create scan index-rebuild [locking]
CREATE INDEX t_level ON app.t (level) WHERE (level = 'low'::app.level);

-- 4 contract safe policy
CREATE POLICY t_level ON app.t FOR SELECT TO case_writer USING (level = ANY (ARRAY['low'::app.level, 'mid'::app.level]));

-- 4 contract safe policy
DROP POLICY t_n ON app.t;

-- 4 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.t ALTER COLUMN n TYPE bigint, ALTER COLUMN n SET DEFAULT 7;

-- 4 contract safe create
CREATE FUNCTION app.body(above integer)
 RETURNS bigint
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT count(t.n) AS count
    FROM app.t
   WHERE (t.id > body.above);
END;

-- 4 contract safe create
CREATE PROCEDURE app.body3()
 LANGUAGE sql
BEGIN ATOMIC
 UPDATE app.t SET n = 8;
END;

-- 4 contract safe alter
ALTER INDEX app.t_n_expression ALTER COLUMN 1 SET STATISTICS 400;

-- 4 contract safe create
CREATE VIEW app.over_body AS
SELECT app.body(3) AS total;

-- 4 contract safe create
CREATE VIEW app.v1 WITH (security_barrier = true) AS
SELECT id,
  n,
  word,
  level,
  touched
FROM app.t
WHERE ((n > 0) AND (level <> 'mid'::app.level))
WITH LOCAL CHECK OPTION;
ALTER VIEW app.v1 ALTER COLUMN n SET DEFAULT 5;

-- 4 contract safe create
CREATE VIEW app.v2 WITH (security_invoker = true) AS
SELECT id,
  (n + 1) AS m,
  word
FROM app.v1;

-- 4 contract safe create
CREATE FUNCTION app.body2()
 RETURNS text
 LANGUAGE sql
BEGIN ATOMIC
 SELECT v2.word
    FROM app.v2
  LIMIT 1;
END;

-- 4 contract safe create
CREATE VIEW app.v3 AS
SELECT v2.m,
  other.ref,
  app.twice(v2.id) AS twice
FROM (app.v2
    JOIN app.other ON ((other.id = v2.id)));

-- 4 contract safe create scan
CREATE MATERIALIZED VIEW app.m AS
SELECT n,
  word,
  count(*) AS c
FROM app.v1
GROUP BY n, word;

-- 4 contract safe create
CREATE UNIQUE INDEX m_n ON app.m (n, word);

-- 4 contract safe create
CREATE STATISTICS app.t_both (dependencies, ndistinct) ON n, word FROM app.t;

-- 4 contract safe alter
ALTER STATISTICS app.t_both SET STATISTICS 500;

-- 4 contract safe create
CREATE STATISTICS app.t_sum ON word, (n + 1) FROM app.t;

-- 4 contract safe create
CREATE RULE t_no_delete as
    on delete to app.t
   where (old.n > 5) do instead nothing;

-- 4 contract safe create
CREATE RULE v2_no_delete as
    on delete to app.v2 do instead nothing;

-- 4 contract safe create
CREATE TRIGGER touch before update of n, word ON app.t for each row when ((new.n > 0) and (new.word <> ''::text)) execute function app.touch();
ALTER TABLE app.t ENABLE ALWAYS TRIGGER touch;

-- 4 contract safe create
CREATE CONSTRAINT TRIGGER touch_later after insert ON app.t deferrable initially deferred for each row when (new.level = 'low'::app.level) execute function app.touch('a', 'b');

-- 4 contract safe create
CREATE TRIGGER v3_into instead of insert ON app.v3 for each row execute function app.touch();

-- 4 contract safe policy
CREATE POLICY other_n ON app.other FOR SELECT TO PUBLIC USING (EXISTS ( SELECT
  FROM app.t
  WHERE (t.n = other.n)));

-- 4 contract safe policy
CREATE POLICY t_n ON app.t AS RESTRICTIVE FOR UPDATE TO case_reader, case_writer USING (n > 0) WITH CHECK (n < 99);

-- 4 contract safe grant
REVOKE ALL ON FUNCTION app.body(integer) FROM case_writer;
GRANT EXECUTE ON FUNCTION app.body(integer) TO case_writer;

-- 4 contract safe grant
REVOKE ALL ON FUNCTION app.body(integer) FROM PUBLIC;

-- 4 contract safe grant
REVOKE ALL ON TYPE app.level FROM case_writer;
GRANT USAGE ON TYPE app.level TO case_writer WITH GRANT OPTION;

-- 4 contract safe grant
REVOKE ALL ON TYPE app.level FROM PUBLIC;

-- 4 contract safe grant
REVOKE ALL ON TABLE app.m FROM case_reader;
GRANT SELECT ON TABLE app.m TO case_reader;

-- 4 contract safe grant
REVOKE ALL ON TABLE app.v1 FROM case_reader;
GRANT SELECT ON TABLE app.v1 TO case_reader WITH GRANT OPTION;

-- 4 contract safe grant
REVOKE ALL ON TABLE app.v2 FROM case_writer;
GRANT SELECT (m), UPDATE (word) ON TABLE app.v2 TO case_writer;

-- 4 contract safe grant
REVOKE ALL ON TABLE app.v3 FROM PUBLIC;
GRANT ALL ON TABLE app.v3 TO PUBLIC;

-- 4 contract safe create
COMMENT ON FUNCTION app.body(integer) IS 'Sums up';

-- 4 contract safe create
COMMENT ON TYPE app.level IS 'How high';

-- 4 contract safe create
COMMENT ON MATERIALIZED VIEW app.m IS 'Counted';

-- 4 contract safe create
COMMENT ON COLUMN app.m.c IS 'How many';

-- 4 contract safe create
COMMENT ON INDEX app.m_n IS 'Each once';

-- 4 contract safe create
COMMENT ON VIEW app.over_body IS 'Over a function';

-- 4 contract safe create
COMMENT ON POLICY t_n ON app.t IS 'Below 99';

-- 4 contract safe create
COMMENT ON RULE t_no_delete ON app.t IS 'Keeps the large';

-- 4 contract safe create
COMMENT ON TRIGGER touch ON app.t IS 'Now and then';

-- 4 contract safe create
COMMENT ON STATISTICS app.t_both IS 'Hang together';

-- 4 contract safe create
COMMENT ON INDEX app.t_level IS 'Low ones';

-- 4 contract safe create
COMMENT ON VIEW app.v1 IS 'First';

-- 4 contract safe create
COMMENT ON COLUMN app.v1.n IS 'Seen';

-- 4 contract safe create
COMMENT ON RULE v2_no_delete ON app.v2 IS 'Nor here';

-- 4 contract safe create
COMMENT ON VIEW app.v3 IS 'Third';

-- 4 contract safe create
COMMENT ON TRIGGER v3_into ON app.v3 IS 'Into nowhere';

-- 4 contract safe create
ALTER FUNCTION app.body(integer) OWNER TO case_owner;

-- 4 contract safe create
ALTER FUNCTION app.body2() OWNER TO postgres;

-- 4 contract safe create
ALTER PROCEDURE app.body3() OWNER TO postgres;

-- 4 contract safe create
ALTER TYPE app.level OWNER TO case_owner;

-- 4 contract safe create
ALTER MATERIALIZED VIEW app.m OWNER TO case_owner;

-- 4 contract safe create
ALTER VIEW app.over_body OWNER TO postgres;

-- 4 contract safe create
ALTER STATISTICS app.t_both OWNER TO case_owner;

-- 4 contract safe create
ALTER STATISTICS app.t_sum OWNER TO postgres;

-- 4 contract safe create
ALTER VIEW app.v1 OWNER TO postgres;

-- 4 contract safe create
ALTER VIEW app.v2 OWNER TO case_owner;

-- 4 contract safe create
ALTER VIEW app.v3 OWNER TO postgres;

-- 5 contract safe drop
ALTER TABLE app.computed DROP CONSTRAINT computed_doubled_check;

-- 5 contract safe drop
ALTER TABLE app.computed DROP CONSTRAINT computed_doubled_key;

-- 5 contract safe drop
DROP INDEX app.computed_doubled;

-- 5 contract safe drop
DROP VIEW app.over_computed;

-- 5 contract safe drop
ALTER TABLE app.computed DROP COLUMN doubled;

-- 5 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.computed ALTER COLUMN n TYPE bigint;

-- 5 contract locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.computed ADD COLUMN doubled bigint GENERATED ALWAYS AS (n * 2) STORED NOT NULL;

-- 5 contract safe alter
ALTER TABLE app.computed ALTER COLUMN doubled SET STATISTICS 300;

-- 5 contract safe create
ALTER TABLE app.computed ADD CONSTRAINT computed_doubled_check CHECK (doubled > 0) NOT VALID;

-- 5 contract safe validate scan
ALTER TABLE app.computed VALIDATE CONSTRAINT computed_doubled_check;

-- 5 contract locking create scan index-rebuild [locking]
ALTER TABLE app.computed ADD CONSTRAINT computed_doubled_key UNIQUE (doubled);

-- 5 contract locking create scan index-rebuild [locking]
CREATE INDEX computed_doubled ON app.computed (doubled, id);

-- 5 contract safe create
CREATE VIEW app.over_computed AS
SELECT id,
  doubled
FROM app.computed;

-- 5 contract safe grant
GRANT SELECT (doubled) ON TABLE app.computed TO case_reader;

-- 5 contract safe create
COMMENT ON CONSTRAINT computed_doubled_check ON app.computed IS 'Not negative';

-- 5 contract safe create
COMMENT ON COLUMN app.computed.doubled IS 'Two times n';

-- 5 contract safe create
COMMENT ON INDEX app.computed_doubled IS 'By two';

-- 5 contract safe create
ALTER VIEW app.over_computed OWNER TO postgres;

-- 6 contract safe alter
ANALYZE app.computed (n);

-- 7 contract safe alter
ANALYZE app.other (n);

-- 8 contract safe alter
ANALYZE app.other (ref);

-- 9 contract safe drop
DROP VIEW app.over_child;

-- 9 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.parent ALTER COLUMN n TYPE bigint, ALTER COLUMN n SET DEFAULT 3;

-- 9 contract safe create
CREATE VIEW app.over_child AS
SELECT n,
  more
FROM app.child;

-- 9 contract safe grant
REVOKE ALL ON TABLE app.over_child FROM case_reader;
GRANT SELECT ON TABLE app.over_child TO case_reader;

-- 9 contract safe create
ALTER VIEW app.over_child OWNER TO postgres;

-- 10 contract safe alter
ANALYZE app.parent (n);

-- 11 contract safe drop
DROP VIEW app.over_low;

-- 11 contract safe drop
DROP TRIGGER low_touch ON app.parts_high;

-- 11 contract safe policy
DROP POLICY low_n ON app.parts_low;

-- 11 contract locking alter breaks=old rewrite scan index-rebuild
ALTER TABLE app.parts ALTER COLUMN n TYPE bigint;

-- 11 contract safe create
CREATE VIEW app.over_low AS
SELECT id,
  n
FROM app.parts_low;

-- 11 contract safe create
CREATE TRIGGER low_touch before update of n ON app.parts_high for each row execute function app.touch();

-- 11 contract safe policy
CREATE POLICY low_n ON app.parts_low FOR SELECT TO PUBLIC USING (n > 0);

-- 11 contract safe create
COMMENT ON VIEW app.over_low IS 'Over a partition';

-- 11 contract safe create
ALTER VIEW app.over_low OWNER TO postgres;

-- 12 contract safe alter
ANALYZE app.parts (n);

-- 13 contract safe alter
ANALYZE app.t;

-- 14 contract safe replace breaks=old
ALTER TABLE app.t DROP CONSTRAINT t_amount_check, ADD CONSTRAINT t_amount_check CHECK ((amount)::bigint < 100) NOT VALID;

-- 15 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_amount_check;

-- 16 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_level_check;
