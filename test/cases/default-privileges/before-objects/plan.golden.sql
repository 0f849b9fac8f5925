-- 1 expand safe grant access=widens [widen]
ALTER DEFAULT PRIVILEGES FOR ROLE case_owner IN SCHEMA app GRANT INSERT ON TABLES TO case_reader WITH GRANT OPTION;

-- 1 expand safe grant access=narrows
ALTER DEFAULT PRIVILEGES FOR ROLE case_owner IN SCHEMA app REVOKE ALL ON TABLES FROM case_writer;

-- 1 expand safe grant access=widens [widen]
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA app GRANT ALL ON TABLES TO case_writer;

-- 1 expand safe grant access=widens [widen]
ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT EXECUTE ON FUNCTIONS TO case_reader;

-- 1 expand safe grant access=widens [widen]
ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT EXECUTE ON FUNCTIONS TO PUBLIC;

-- 1 expand safe grant access=widens [widen]
ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT USAGE ON SCHEMAS TO case_reader;

-- 1 expand safe create
CREATE TABLE app.hidden (
  id integer
);

-- 1 expand safe grant
REVOKE ALL ON TABLE app.hidden FROM case_writer;

-- 1 expand safe create
ALTER TABLE app.hidden OWNER TO case_owner;

-- 1 expand safe create
CREATE TABLE app.listed (
  id integer
);

-- 1 expand safe grant
REVOKE ALL ON TABLE app.listed FROM case_writer;
GRANT SELECT ON TABLE app.listed TO case_writer;

-- 1 expand safe create
ALTER TABLE app.listed OWNER TO case_owner;

-- 1 expand safe create
create function app.f() returns int language sql as 'select 1';

-- 1 expand safe create
ALTER FUNCTION app.f() OWNER TO case_owner;
