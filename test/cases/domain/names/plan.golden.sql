-- 1 expand safe alter
ALTER DOMAIN app.d RENAME CONSTRAINT high TO top;

-- 1 expand safe alter
COMMENT ON CONSTRAINT low ON DOMAIN app.d IS 'Above zero.';

-- 1 expand safe create
COMMENT ON CONSTRAINT top ON DOMAIN app.d IS 'Top.';
