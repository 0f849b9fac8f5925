-- 1 contract safe create breaks=old
ALTER TABLE app.c ADD CONSTRAINT c_n_positive CHECK (n > 0) NOT VALID;

-- 2 contract safe validate scan
ALTER TABLE app.c VALIDATE CONSTRAINT c_n_positive;

-- 3 contract safe create breaks=old
ALTER TABLE app.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p_id) REFERENCES app.p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID;

-- 4 contract safe validate scan
ALTER TABLE app.c VALIDATE CONSTRAINT c_p_fkey;

-- 5 contract safe create breaks=old
ALTER TABLE app.c ADD CONSTRAINT c_unchecked CHECK (n < 100) NOT VALID;

-- 6 contract safe create
COMMENT ON CONSTRAINT c_n_positive ON app.c IS 'Nothing below zero.';
