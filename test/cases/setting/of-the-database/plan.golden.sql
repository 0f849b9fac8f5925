-- 1 expand safe alter
ALTER DATABASE test_96249e947eba SET search_path = 'app', '$user', 'public';

-- 1 expand safe create
ALTER DATABASE test_96249e947eba SET timezone = 'Europe/Berlin';

-- 1 expand safe grant access=widens breaks=old [widen]
REVOKE TEMPORARY ON DATABASE test_96249e947eba FROM case_reader;
GRANT CREATE ON DATABASE test_96249e947eba TO case_reader;

-- 1 expand safe grant access=narrows breaks=old
REVOKE ALL ON DATABASE test_96249e947eba FROM PUBLIC;

-- 1 expand safe create
COMMENT ON DATABASE test_96249e947eba IS 'The shop.';

-- 1 expand safe drop
ALTER DATABASE test_96249e947eba RESET work_mem;
