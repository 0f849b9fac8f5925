-- 1 expand safe create
CREATE SEQUENCE app.t_h_seq;

-- 1 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN h bigint DEFAULT nextval('app.t_h_seq'::regclass) NOT NULL;

-- 1 expand safe alter
ALTER SEQUENCE app.t_h_seq OWNED BY app.t.h;

-- 2 expand safe create
ALTER TABLE app.t ADD COLUMN a integer;

-- 2 expand safe create
ALTER TABLE app.t ADD COLUMN b integer DEFAULT 5 NOT NULL;

-- 2 expand safe create
ALTER TABLE app.t ADD COLUMN c timestamp with time zone DEFAULT now() NOT NULL;

-- 3 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN d uuid DEFAULT gen_random_uuid();

-- 4 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN e integer DEFAULT app.slow();

-- 5 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN f app.positive;

-- 6 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN g integer GENERATED ALWAYS AS IDENTITY NOT NULL;

-- 7 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.t ADD COLUMN i timestamp with time zone DEFAULT clock_timestamp();

-- 8 expand safe create
ALTER TABLE app.t ADD COLUMN j integer[] DEFAULT '{}' NOT NULL;

-- 8 expand safe create
ALTER TABLE app.t ADD COLUMN k integer;

-- 8 expand safe create
ALTER TABLE app.t ADD COLUMN l integer;

-- 8 expand safe create
ALTER TABLE app.t ADD COLUMN m integer;

-- 8 expand safe create
ALTER TABLE app.t ADD COLUMN n integer DEFAULT 1;

-- 9 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_k_check CHECK (k > 0) NOT VALID;

-- 10 expand safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_k_check;

-- 11 expand safe create scan index-rebuild no-transaction
CREATE UNIQUE INDEX CONCURRENTLY t_l_key ON app.t (l);

-- 12 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_l_key UNIQUE USING INDEX t_l_key;

-- 13 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_m_fkey FOREIGN KEY (m) REFERENCES app.t (id) NOT VALID;

-- 14 expand safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_m_fkey;

-- 15 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_n_fkey FOREIGN KEY (n) REFERENCES app.t (id) NOT VALID;

-- 16 expand safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT t_n_fkey;
