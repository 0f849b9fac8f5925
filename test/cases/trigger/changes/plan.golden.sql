-- 1 expand safe alter
ALTER TABLE app.t ENABLE ALWAYS TRIGGER always;

-- 1 expand safe alter
CREATE OR REPLACE TRIGGER changed before update of a, b ON app.t for each row when (old.a is distinct from new.a) execute function app.f();

-- 1 expand safe alter
CREATE OR REPLACE TRIGGER function after insert ON app.t for each row execute function app.f();

-- 1 expand safe drop
DROP TRIGGER late ON app.t;

-- 1 expand safe create
CREATE CONSTRAINT TRIGGER late after insert ON app.t deferrable initially deferred for each row execute function app.g();

-- 1 expand safe create
CREATE TRIGGER made after update ON app.t referencing new table as n for each statement execute function app.g('x', 'it''s');

-- 1 expand safe alter
ALTER TABLE app.t DISABLE TRIGGER off;

-- 1 expand safe create
COMMENT ON TRIGGER function ON app.t IS 'Calls f.';

-- 1 expand safe drop
DROP TRIGGER gone ON app.t;
