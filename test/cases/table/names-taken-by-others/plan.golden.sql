-- 1 contract safe drop breaks=old
DROP MATERIALIZED VIEW app.mv;

-- 1 contract safe create
CREATE SEQUENCE app.mv;

-- 2 contract safe drop breaks=old
DROP VIEW app.w;

-- 2 contract safe create
CREATE TABLE app.w (
  one integer
);

-- 2 contract safe create
CREATE INDEX mvi ON app.w (one);

-- 3 contract safe drop breaks=old
DROP TABLE app.a;

-- 4 contract safe create
CREATE TABLE app.b (
  nr integer,
  y text,
  z integer,
  CONSTRAINT thing_key UNIQUE (y)
);

-- 4 contract safe create
CREATE INDEX thing_idx ON app.b (nr);

-- 5 contract safe drop breaks=old
DROP TABLE app.c;

-- 6 contract locking create breaks=old scan index-rebuild
ALTER TABLE app.keep ADD CONSTRAINT other UNIQUE (id);

-- 7 contract locking create scan index-rebuild
CREATE INDEX moves ON app.keep (z);
