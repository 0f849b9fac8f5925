-- 1 expand safe drop
ALTER TABLE app.child DROP CONSTRAINT child_gone_id_fkey;

-- 2 contract safe drop breaks=old
DROP VIEW app.v;

-- 3 contract destructive drop breaks=old [destructive, undeclared]
DROP TABLE app.gone;

-- 4 contract safe drop breaks=old
DROP FUNCTION app.tr();
