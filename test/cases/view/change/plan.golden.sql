-- 1 expand safe alter
CREATE OR REPLACE VIEW app.more AS
select id, a, b from app.t;

-- 2 contract safe alter breaks=old
ALTER VIEW app.columns RENAME COLUMN id TO key;

-- 2 contract safe alter
ALTER VIEW app.columns SET (check_option = local);

-- 3 contract safe drop
DROP VIEW app.over;

-- 3 contract safe drop breaks=old
DROP VIEW app.other;

-- 3 contract safe create
CREATE VIEW app.other AS
select id, b as a from app.t;

-- 3 contract safe create
CREATE VIEW app.over AS
select id from app.other;

-- 3 contract safe grant
REVOKE ALL ON TABLE app.other FROM case_reader;
GRANT SELECT ON TABLE app.other TO case_reader;

-- 3 contract safe grant
REVOKE ALL ON TABLE app.over FROM case_reader;
GRANT SELECT ON TABLE app.over TO case_reader;

-- 3 contract safe create
COMMENT ON VIEW app.other IS 'Changes.';

-- 3 contract safe create
COMMENT ON VIEW app.over IS 'On top.';

-- 3 contract safe create
ALTER VIEW app.other OWNER TO postgres;

-- 3 contract safe create
ALTER VIEW app.over OWNER TO postgres;

-- 4 contract safe create
CREATE VIEW app.nested AS
select over.id, more.a from app.over join app.more using (id);

-- 4 contract safe drop breaks=old
DROP VIEW app.gone;
