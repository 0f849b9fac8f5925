-- 1 expand safe policy access=unknown [widen]
ALTER POLICY "check" ON app.t WITH CHECK (org > 3);

-- 1 expand safe policy access=unknown [widen]
ALTER POLICY "using" ON app.t USING (org = 1 and owner = current_user);

-- 1 expand safe policy
DROP POLICY command ON app.t;

-- 1 expand safe policy access=widens [widen]
CREATE POLICY command ON app.t TO PUBLIC USING (org = 3);

-- 1 expand safe policy access=narrows
DROP POLICY gone ON app.t;

-- 1 expand safe policy access=narrows
CREATE POLICY made ON app.t AS RESTRICTIVE TO PUBLIC USING ((select count(*) from app.t x where x.org = t.org) < 10);

-- 1 expand safe policy
ALTER POLICY old_name ON app.t RENAME TO new_name;

-- 1 expand safe policy
DROP POLICY no_check ON app.t;

-- 1 expand safe policy access=unknown [widen]
CREATE POLICY no_check ON app.t TO case_reader USING (org = 7);

-- 1 expand safe policy access=widens [widen]
ALTER POLICY roles ON app.t TO case_reader, case_writer;

-- 1 expand safe policy
DROP POLICY turns ON app.t;

-- 1 expand safe policy access=narrows
CREATE POLICY turns ON app.t AS RESTRICTIVE FOR SELECT TO case_reader USING (org = 5);

-- 1 expand safe policy access=narrows
ALTER TABLE app.t FORCE ROW LEVEL SECURITY;

-- 1 expand safe create
COMMENT ON POLICY new_name ON app.t IS 'Renamed.';
