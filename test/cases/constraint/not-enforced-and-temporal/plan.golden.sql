-- 1 expand safe create
ALTER TABLE app.rooms ADD CONSTRAINT rooms_j_new_check CHECK (j < 1000) NOT ENFORCED;

-- 2 expand safe create
ALTER TABLE app.rooms ADD CONSTRAINT rooms_j_new_fkey FOREIGN KEY (j) REFERENCES app.p (id) NOT ENFORCED;

-- 3 expand safe alter
ALTER TABLE app.rooms ALTER CONSTRAINT rooms_k_fkey DEFERRABLE INITIALLY DEFERRED;

-- 4 expand safe replace
ALTER TABLE app.rooms DROP CONSTRAINT rooms_m_check, ADD CONSTRAINT rooms_m_check CHECK (m > 0) NOT ENFORCED;

-- 5 expand safe alter
ALTER TABLE app.rooms ALTER CONSTRAINT rooms_m_fkey DEFERRABLE INITIALLY IMMEDIATE NOT ENFORCED;

-- 6 contract safe validate scan
ALTER TABLE app.rooms VALIDATE CONSTRAINT rooms_j_check;

-- 7 contract safe validate scan
ALTER TABLE app.rooms VALIDATE CONSTRAINT rooms_k_fkey;

-- 8 contract locking create breaks=old scan index-rebuild [locking]
ALTER TABLE app.rooms ADD CONSTRAINT rooms_m_key UNIQUE (m, valid WITHOUT OVERLAPS);

-- 9 contract safe create breaks=old
ALTER TABLE app.bookings ADD CONSTRAINT bookings_other_fkey FOREIGN KEY (id, PERIOD other) REFERENCES app.rooms (id, PERIOD valid) NOT VALID;

-- 10 contract safe validate scan
ALTER TABLE app.bookings VALIDATE CONSTRAINT bookings_other_fkey;

-- 11 contract safe replace breaks=old
ALTER TABLE app.rooms DROP CONSTRAINT rooms_n_check, ADD CONSTRAINT rooms_n_check CHECK (n > 0) NOT VALID;
COMMENT ON CONSTRAINT rooms_n_check ON app.rooms IS 'Said.';

-- 12 contract safe validate scan
ALTER TABLE app.rooms VALIDATE CONSTRAINT rooms_n_check;

-- 13 contract locking alter breaks=old scan [locking]
ALTER TABLE app.rooms ALTER CONSTRAINT rooms_n_fkey ENFORCED;
