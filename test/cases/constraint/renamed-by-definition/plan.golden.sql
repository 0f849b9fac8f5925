-- 1 expand safe rename
ALTER TABLE app.p RENAME CONSTRAINT p_pk TO p_pkey;

-- 2 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT ck_1 TO t_n_check;

-- 2 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT u_1 TO t_n_key;

-- 2 expand safe rename
ALTER TABLE app.t RENAME CONSTRAINT fk_1 TO t_p_fkey;

-- 2 expand safe rename
ALTER INDEX app.i_1 RENAME TO t_p_idx;

-- 2 expand safe rename
ALTER TRIGGER tr_1 ON app.t RENAME TO t_touch;
