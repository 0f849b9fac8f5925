-- 1 expand safe alter
ALTER VIEW app.written ALTER COLUMN a SET DEFAULT 'y';

-- 1 expand safe alter
ALTER VIEW app.written ALTER COLUMN b DROP DEFAULT;

-- 1 expand safe alter
ALTER VIEW app.written ALTER COLUMN id SET DEFAULT 7;

-- 1 expand safe create
COMMENT ON COLUMN app.written.id IS 'Id.';

-- 1 expand safe drop
COMMENT ON COLUMN app.written.a IS NULL;

-- 2 contract safe alter breaks=old
ALTER VIEW app.renamed RENAME COLUMN a TO letter;

-- 3 contract safe alter
CREATE OR REPLACE VIEW app.over AS
select letter as a from app.renamed;

-- 4 contract safe drop breaks=old
DROP VIEW app.spoken;

-- 4 contract safe create
CREATE VIEW app.spoken AS
select id, a as letter from app.t;

-- 4 contract safe create
COMMENT ON COLUMN app.spoken.letter IS 'Said.';

-- 4 contract safe create
ALTER VIEW app.spoken OWNER TO postgres;
