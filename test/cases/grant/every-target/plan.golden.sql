-- 1 expand safe grant access=narrows breaks=old
REVOKE ALL ON SCHEMA app FROM case_reader;

-- 1 expand safe grant access=widens [widen]
GRANT CREATE, USAGE ON SCHEMA app TO case_writer;

-- 1 expand safe grant access=widens [widen]
GRANT USAGE ON SCHEMA app TO PUBLIC;

-- 1 expand safe grant access=narrows breaks=old
REVOKE ALL ON TYPE app.e FROM case_reader;

-- 1 expand safe grant access=widens [widen]
GRANT USAGE ON TYPE app.e TO case_writer;

-- 1 expand safe grant access=narrows breaks=old
REVOKE ALL ON FUNCTION app.f() FROM case_reader;

-- 1 expand safe grant access=widens [widen]
GRANT EXECUTE ON FUNCTION app.f() TO PUBLIC;

-- 1 expand safe grant access=widens breaks=old [widen]
REVOKE USAGE ON SEQUENCE app.s FROM case_reader;
GRANT SELECT, UPDATE ON SEQUENCE app.s TO case_reader;

-- 1 expand safe grant access=widens breaks=old [widen]
REVOKE SELECT ON TABLE app.t FROM case_reader;
GRANT INSERT, SELECT (id) ON TABLE app.t TO case_reader;

-- 1 expand safe grant access=widens breaks=old [widen]
REVOKE DELETE, MAINTAIN, REFERENCES, TRIGGER, TRUNCATE, UPDATE ON TABLE app.t FROM case_writer;
GRANT SELECT ON TABLE app.t TO case_writer WITH GRANT OPTION;

-- 1 expand safe grant access=widens [widen]
GRANT SELECT ON TABLE app.t TO PUBLIC;

-- 1 expand safe grant access=widens [widen]
GRANT UPDATE (id) ON TABLE app.v TO case_reader;

-- 1 expand safe grant access=widens [widen]
GRANT SELECT ON TABLE app.v TO PUBLIC;
