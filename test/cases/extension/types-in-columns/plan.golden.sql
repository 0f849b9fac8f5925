-- 1 expand safe create
CREATE EXTENSION citext WITH SCHEMA ext;

-- 1 expand safe create
SET LOCAL search_path = app, ext;
CREATE DOMAIN app.email AS citext CONSTRAINT email_check CHECK (value <> '');

-- 1 expand safe create
SET LOCAL search_path = app, ext;
CREATE TABLE app.u (
  id integer NOT NULL,
  email app.email DEFAULT 'x' NOT NULL,
  CONSTRAINT u_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
SET LOCAL search_path = app, ext;
CREATE INDEX u_trgm_idx ON app.u using gin (email ext.gin_trgm_ops);

-- 2 contract destructive alter breaks=old rewrite scan index-rebuild [destructive]
SET LOCAL search_path = app, ext;
ALTER TABLE app.t ALTER COLUMN email TYPE citext USING email::citext;

-- 3 contract safe alter
SET LOCAL search_path = app, ext;
ANALYZE app.t (email);
