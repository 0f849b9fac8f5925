-- 1 contract safe alter breaks=old
ALTER VIEW app.v RENAME COLUMN gone TO n;

-- 1 contract safe alter
CREATE OR REPLACE VIEW app.v AS
select id, n from app.t;

-- 2 contract destructive drop breaks=old [destructive]
ALTER TABLE app.t DROP COLUMN gone;
