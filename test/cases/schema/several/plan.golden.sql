-- 1 expand safe create
CREATE SCHEMA made;

-- 1 expand safe create
COMMENT ON SCHEMA made IS 'New.';

-- 1 expand safe create
ALTER SCHEMA made OWNER TO case_owner;

-- 1 expand safe create
CREATE DOMAIN made.day AS date;

-- 1 expand safe create
ALTER TABLE billing.invoices ADD COLUMN at made.day;

-- 1 expand safe alter
COMMENT ON SCHEMA billing IS 'More money.';

-- 2 contract safe replace breaks=old
ALTER TABLE billing.invoices DROP CONSTRAINT invoices_t_id_fkey, ADD CONSTRAINT invoices_t_id_fkey FOREIGN KEY (t_id) REFERENCES app.t (id) ON DELETE CASCADE NOT VALID;

-- 3 contract safe validate scan
ALTER TABLE billing.invoices VALIDATE CONSTRAINT invoices_t_id_fkey;
