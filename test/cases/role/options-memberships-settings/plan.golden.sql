-- 1 expand safe alter access=widens [widen]
ALTER ROLE case_api CREATEDB INHERIT LOGIN CONNECTION LIMIT 10 VALID UNTIL '2030-01-01T00:00:00Z';

-- 1 expand safe alter access=widens [widen]
GRANT case_group TO case_api WITH ADMIN OPTION;

-- 1 expand safe create access=widens [widen]
GRANT case_other TO case_api;

-- 1 expand safe create
ALTER ROLE case_api IN DATABASE this_one SET app.tenant = 'it''s 1';

-- 1 expand safe create
ALTER ROLE case_api SET lock_timeout = '1s';

-- 1 expand safe alter
ALTER ROLE case_api IN DATABASE this_one SET search_path = 'app', 'Odd, name', 'public';

-- 1 expand safe alter
ALTER ROLE case_api SET statement_timeout = '10s';

-- 1 expand safe grant access=widens [widen]
GRANT INSERT ON TABLE app.t TO case_api;

-- 1 expand safe alter
COMMENT ON ROLE case_api IS 'The API of today.';

-- 1 expand safe alter
COMMENT ON ROLE case_other IS 'All others.';
