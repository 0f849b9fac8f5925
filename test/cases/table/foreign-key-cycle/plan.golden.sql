-- 1 expand safe create
CREATE TABLE app.a (
  id integer NOT NULL,
  b_id integer,
  a_id integer,
  CONSTRAINT a_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
CREATE TABLE app.b (
  id integer NOT NULL,
  c_id integer,
  CONSTRAINT b_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
CREATE TABLE app.c (
  id integer NOT NULL,
  a_id integer NOT NULL,
  CONSTRAINT c_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
ALTER TABLE app.a ADD CONSTRAINT a_a_id_fkey FOREIGN KEY (a_id) REFERENCES app.a (id);

-- 1 expand safe create
ALTER TABLE app.a ADD CONSTRAINT a_b_id_fkey FOREIGN KEY (b_id) REFERENCES app.b (id);

-- 1 expand safe create
ALTER TABLE app.b ADD CONSTRAINT b_c_id_fkey FOREIGN KEY (c_id) REFERENCES app.c (id) DEFERRABLE INITIALLY DEFERRED;

-- 1 expand safe create
ALTER TABLE app.c ADD CONSTRAINT c_a_id_fkey FOREIGN KEY (a_id) REFERENCES app.a (id) ON DELETE CASCADE;
