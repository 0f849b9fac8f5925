-- 1 expand safe create
CREATE TABLE app.p (
  id integer NOT NULL,
  part integer NOT NULL,
  CONSTRAINT p_pkey PRIMARY KEY (id, part)
) PARTITION BY list (part);

-- 1 expand safe create
CREATE TABLE app.p_1 PARTITION OF app.p (
  CONSTRAINT p_1_own UNIQUE (id)
) FOR VALUES in (1);

-- 1 expand safe create
ALTER TABLE app.p ADD CONSTRAINT p_key UNIQUE (id, part);

-- 1 expand safe create
ALTER TABLE app.p_1 ADD CONSTRAINT p_1_two UNIQUE (id);

-- 1 expand safe create
CREATE TABLE app.t (
  id integer NOT NULL,
  a integer,
  part integer NOT NULL,
  CONSTRAINT t_excl exclude (a with =),
  CONSTRAINT t_late UNIQUE (id) DEFERRABLE,
  CONSTRAINT t_more UNIQUE (id) INCLUDE (a),
  CONSTRAINT t_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_again UNIQUE (id) WITH (fillfactor = 50);

-- 1 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_excl_too exclude (a with =);

-- 1 expand safe create
ALTER TABLE app.t ADD CONSTRAINT t_id_key UNIQUE (id);
