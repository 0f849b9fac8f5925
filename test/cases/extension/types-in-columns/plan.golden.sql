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
  other citext,
  CONSTRAINT u_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
SET LOCAL search_path = app, ext;
CREATE INDEX u_trgm_idx ON app.u using gin (other ext.gin_trgm_ops);

-- 1 expand safe create
SET LOCAL search_path = app, ext;
create function app.same(a citext) returns boolean language sql immutable begin atomic select a = 'x'; end;
