-- 1 contract safe rename breaks=old
ALTER TABLE app.a RENAME TO x;

-- 2 contract safe rename
ALTER TABLE app.x RENAME CONSTRAINT a_id_not_null TO x_id_not_null;

-- 3 contract safe rename breaks=old
ALTER TABLE app.b RENAME TO y;

-- 4 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_id_not_null TO y_id_not_null;

-- 5 contract safe rename
ALTER TABLE app.x RENAME CONSTRAINT a_pkey TO x_pkey;

-- 5 contract safe rename
ALTER TABLE app.x RENAME CONSTRAINT a_up_fkey TO x_up_fkey;

-- 6 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_a_fkey TO y_a_fkey;

-- 6 contract safe rename
ALTER TABLE app.y RENAME CONSTRAINT b_pkey TO y_pkey;
