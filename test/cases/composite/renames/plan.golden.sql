-- 1 contract safe rename breaks=old
ALTER TYPE app.address RENAME ATTRIBUTE postcode TO zip;

-- 1 contract safe alter breaks=old
ALTER TYPE app.address ADD ATTRIBUTE country text;

-- 1 contract safe create
COMMENT ON COLUMN app.address.zip IS 'The code.';

-- 1 contract safe drop
COMMENT ON COLUMN app.address.street IS NULL;
