-- 1 expand safe create
ALTER TABLE app.t ADD COLUMN h integer DEFAULT 1 CONSTRAINT h_there NOT NULL;

-- 2 expand locking alter scan [locking]
ALTER TABLE app.parent ALTER CONSTRAINT d_there INHERIT;

-- 3 expand safe rename
ALTER TABLE app.parent RENAME CONSTRAINT k_there TO k_must;

-- 4 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT a_there TO a_must;

-- 4 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT t_f_not_null TO f_there;

-- 4 expand safe create
COMMENT ON CONSTRAINT a_must ON app.t IS 'needed';

-- 5 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT b_there NOT NULL b NOT VALID;

-- 6 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT b_there;

-- 7 contract safe validate scan
ALTER TABLE app.t VALIDATE CONSTRAINT c_new;

-- 8 contract safe create breaks=old
ALTER TABLE app.t ADD CONSTRAINT e_new NOT NULL e NOT VALID;
