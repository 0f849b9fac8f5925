-- 1 expand safe create
CREATE SUBSCRIPTION came CONNECTION 'host=nowhere' PUBLICATION one WITH (connect = false, slot_name = NONE, binary = true);

-- 1 expand safe alter
ALTER SUBSCRIPTION plain SET (binary = true, streaming = true, synchronous_commit = local);

-- 1 expand safe alter
ALTER SUBSCRIPTION plain SET PUBLICATION two, "Three" WITH (refresh = false);

-- 1 expand safe alter
ALTER SUBSCRIPTION waiting SET (slot_name = NONE);

-- 1 expand safe alter
COMMENT ON SUBSCRIPTION waiting IS 'Later.';

-- 2 contract safe drop breaks=old
DROP SUBSCRIPTION going;
