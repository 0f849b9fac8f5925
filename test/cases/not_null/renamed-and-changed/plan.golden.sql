-- 1 expand safe alter
ALTER TABLE app.t SET (fillfactor = 70);

-- 1 expand safe rename
ALTER TABLE app.parent RENAME CONSTRAINT k_there TO k_must;

-- 2 expand locking alter scan [locking]
ALTER TABLE app.parent ALTER CONSTRAINT k_must INHERIT;

-- 3 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT a_there TO a_must;

-- 3 expand safe alter
ALTER TABLE app.t ALTER CONSTRAINT a_must INHERIT;

-- 3 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT b_there TO b_must;

-- 3 expand safe alter
ALTER TABLE app.t ALTER CONSTRAINT b_must NO INHERIT;

-- 3 expand safe alter
ALTER TABLE app.t ALTER CONSTRAINT c_there INHERIT;

-- 3 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT c_there TO t_c_not_null;

-- 3 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT d_there TO t_d_not_null;
