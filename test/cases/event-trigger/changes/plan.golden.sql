-- 1 expand safe create
CREATE TABLE app.t (
  id integer
);

-- 1 expand safe alter
ALTER EVENT TRIGGER state ENABLE ALWAYS;

-- 1 expand safe drop breaks=old
DROP EVENT TRIGGER tags;

-- 1 expand safe create
CREATE EVENT TRIGGER tags ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION app.f();

-- 1 expand safe create
COMMENT ON EVENT TRIGGER tags IS 'Tables.';

-- 1 expand safe create
ALTER EVENT TRIGGER tags OWNER TO postgres;

-- 1 expand safe drop breaks=old
DROP EVENT TRIGGER gone;

-- 2 contract safe rename breaks=old
ALTER EVENT TRIGGER old_name RENAME TO new_name;

-- 2 contract safe drop breaks=old
DROP FUNCTION app.g();
