-- 1 contract safe drop
DROP VIEW app.w;

-- 1 contract safe drop breaks=old
DROP VIEW app.v;

-- 1 contract safe create
CREATE VIEW app.v AS
select id, n from app.t;

-- 1 contract safe create
CREATE VIEW app.w AS
select v.id from app.v;

-- 1 contract safe create
ALTER VIEW app.v OWNER TO postgres;

-- 1 contract safe create
ALTER VIEW app.w OWNER TO postgres;

-- 2 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN gone;
