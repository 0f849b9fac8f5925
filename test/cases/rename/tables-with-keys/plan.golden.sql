-- 1 contract safe rename breaks=old
ALTER TABLE app.a RENAME TO x;

-- 2 contract safe rename breaks=old
ALTER SEQUENCE app.a_id_seq RENAME TO x_id_seq;

-- 3 contract safe rename
ALTER TABLE app.x RENAME CONSTRAINT a_id_not_null TO x_id_not_null;

-- 4 contract safe rename breaks=old
ALTER TABLE app.b RENAME TO y;

-- 5 contract safe rename breaks=old
ALTER TABLE app.y RENAME COLUMN id TO no;

-- 5 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_id_not_null TO y_no_not_null;

-- 6 contract safe rename
ALTER SEQUENCE app.b_id_seq RENAME TO y_no_seq;

-- 7 contract safe rename breaks=old
ALTER TABLE app.y RENAME COLUMN n TO m;

-- 8 contract safe rename breaks=old
ALTER SEQUENCE app.b_n_seq RENAME TO y_m_seq;

-- 9 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_n_not_null TO y_m_not_null;

-- 10 contract safe rename
ALTER TABLE app.x RENAME CONSTRAINT a_pkey TO x_pkey;

-- 10 contract safe rename
ALTER TABLE app.x RENAME CONSTRAINT a_up_fkey TO x_up_fkey;

-- 11 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_a_fkey TO y_a_fkey;

-- 11 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_pkey TO y_pkey;
