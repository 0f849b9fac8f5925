-- 1 expand safe grant access=narrows breaks=old
SET LOCAL ROLE case_writer;
REVOKE ALL ON TABLE app.t FROM case_reader;
SET LOCAL ROLE NONE;

-- 1 expand safe grant access=narrows breaks=old
SET LOCAL ROLE case_owner;
REVOKE INSERT ON TABLE app.t FROM case_writer;
SET LOCAL ROLE NONE;

-- 1 expand safe grant access=widens breaks=old [widen]
REVOKE GRANT OPTION FOR INSERT ON TABLE app.t FROM case_owner;
GRANT DELETE ON TABLE app.t TO case_owner WITH GRANT OPTION;

-- 1 expand safe grant access=widens breaks=old [widen]
SET LOCAL ROLE case_owner;
REVOKE GRANT OPTION FOR SELECT ON TABLE app.t FROM case_writer;
GRANT DELETE ON TABLE app.t TO case_writer WITH GRANT OPTION;
SET LOCAL ROLE NONE;

-- 1 expand safe grant access=widens [widen]
SET LOCAL ROLE case_writer;
GRANT DELETE ON TABLE app.t TO case_reader;
SET LOCAL ROLE NONE;

-- 1 expand safe grant access=narrows breaks=old
SET LOCAL ROLE case_owner;
REVOKE ALL ON TABLE app.t FROM case_reader;
SET LOCAL ROLE NONE;
