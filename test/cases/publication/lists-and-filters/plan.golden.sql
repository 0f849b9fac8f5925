-- 1 expand safe alter
ALTER PUBLICATION narrow SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);

-- 1 expand safe create
CREATE TABLE app.fresh (
  id integer NOT NULL,
  a text,
  CONSTRAINT fresh_pkey PRIMARY KEY (id)
);

-- 1 expand safe create
ALTER PUBLICATION narrow ADD TABLE ONLY app.fresh;

-- 1 expand safe create
CREATE PUBLICATION added FOR TABLE ONLY app.lines, ONLY app.fresh WHERE (a is not null);

-- 1 expand safe alter
ALTER PUBLICATION schemas SET (publish = 'truncate');

-- 1 expand safe create
ALTER PUBLICATION kin ADD TABLE ONLY app.heir;

-- 1 expand safe alter
ALTER PUBLICATION narrow DROP TABLE ONLY app.orders;
ALTER PUBLICATION narrow ADD TABLE ONLY app.orders (id, status) WHERE (status <> 'draft' and total in (1, 2));

-- 1 expand safe create
ALTER PUBLICATION schemas ADD TABLE ONLY app.orders;

-- 1 expand safe create
ALTER PUBLICATION schemas ADD TABLES IN SCHEMA other;

-- 2 contract safe drop breaks=old
DROP PUBLICATION wide;

-- 2 contract safe create
CREATE PUBLICATION wide FOR TABLE ONLY app.orders, ONLY app.fresh (id);

-- 2 contract safe create
ALTER PUBLICATION wide OWNER TO postgres;

-- 2 contract safe drop breaks=old
ALTER PUBLICATION narrow DROP TABLE ONLY app.lines;

-- 2 contract safe drop breaks=old
ALTER PUBLICATION schemas DROP TABLES IN SCHEMA app;
