-- 1 expand safe create
CREATE TYPE app."Farbe" AS ENUM ('röt', 'it''s', '');

-- 1 expand safe create
CREATE SEQUENCE app.a2345678901234567890123456789012345678901234567890123456_id_seq as integer;

-- 1 expand safe create
CREATE TABLE app.a234567890123456789012345678901234567890123456789012345678901 (
  b234567890123456789012345678901234567890123456789012345678901 integer NOT NULL,
  id integer DEFAULT nextval('app.a2345678901234567890123456789012345678901234567890123456_id_seq'::regclass) NOT NULL,
  CONSTRAINT a234567890123456789012345678901234567890123456789012345678_pkey PRIMARY KEY (id),
  CONSTRAINT a2345678901234567890123456789_b2345678901234567890123456789_key UNIQUE (b234567890123456789012345678901234567890123456789012345678901)
);

-- 1 expand safe alter
ALTER SEQUENCE app.a2345678901234567890123456789012345678901234567890123456_id_seq OWNED BY app.a234567890123456789012345678901234567890123456789012345678901.id;

-- 1 expand safe create
CREATE INDEX "temp.x" ON app.a234567890123456789012345678901234567890123456789012345678901 (id);

-- 1 expand safe create
ALTER TABLE app."Select" ADD COLUMN "table" app."Farbe" DEFAULT 'it''s';

-- 1 expand safe policy
CREATE POLICY "Darf lesen" ON app."Select" FOR SELECT TO case_reader USING ("order" > 0);

-- 1 expand safe policy access=narrows
ALTER TABLE app."Select" ENABLE ROW LEVEL SECURITY;

-- 1 expand safe create
COMMENT ON TABLE app."Select" IS 'It''s a "table"';

-- 2 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app."Select" ALTER COLUMN "Größe" TYPE character varying(90);

-- 3 contract safe alter
ANALYZE app."Select" ("Größe");

-- 4 contract safe alter breaks=old
ALTER TABLE app."Select" ADD CONSTRAINT "Select_Größe_not_null" NOT NULL "Größe" NOT VALID;

-- 5 contract safe validate scan
ALTER TABLE app."Select" VALIDATE CONSTRAINT "Select_Größe_not_null";

-- 6 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app."Select" ALTER COLUMN "with ""quote" TYPE bigint;

-- 7 contract safe alter
ANALYZE app."Select" ("with ""quote");

-- 8 contract safe create breaks=old
ALTER TABLE app."Select" ADD CONSTRAINT "a check" CHECK ("with ""quote" > 0) NOT VALID;

-- 9 contract safe validate scan
ALTER TABLE app."Select" VALIDATE CONSTRAINT "a check";

-- 10 contract safe create scan index-rebuild no-transaction
CREATE INDEX CONCURRENTLY "Größe.idx" ON app."Select" ("Größe", lower("Größe"));

-- 11 contract safe create
CREATE VIEW app."user" AS
select "Größe" from app."Select";

-- 11 contract safe grant access=widens [widen]
GRANT SELECT ("Größe", "order") ON TABLE app."Select" TO case_reader;
