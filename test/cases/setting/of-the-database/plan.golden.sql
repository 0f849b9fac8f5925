-- 1 expand safe alter
ALTER DATABASE this_one SET search_path = 'app', '$user', 'public';

-- 1 expand safe create
ALTER DATABASE this_one SET timezone = 'Europe/Berlin';

-- 1 expand safe grant access=widens breaks=old [widen]
REVOKE TEMPORARY ON DATABASE this_one FROM case_reader;
GRANT CREATE ON DATABASE this_one TO case_reader;

-- 1 expand safe grant access=narrows breaks=old
REVOKE ALL ON DATABASE this_one FROM PUBLIC;

-- 1 expand safe create
COMMENT ON DATABASE this_one IS 'The shop.';

-- 1 expand safe drop
ALTER DATABASE this_one RESET work_mem;
