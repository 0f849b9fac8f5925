-- 1 expand safe alter
COMMENT ON COLLATION app.ci IS 'Case does not count.';

-- 2 contract safe replace
ALTER COLLATION app.german RENAME TO "~lockstep_4fe52cd62689";
CREATE COLLATION app.german (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
ALTER TABLE app.t ALTER COLUMN a TYPE text COLLATE app.german;
DROP COLLATION app."~lockstep_4fe52cd62689";

-- 2 contract safe create
ALTER COLLATION app.german OWNER TO postgres;

-- 2 contract safe rename breaks=old
ALTER COLLATION app.old RENAME TO new;
