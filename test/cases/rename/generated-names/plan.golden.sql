-- 1 contract safe rename breaks=old
ALTER TABLE app.purchases RENAME TO orders;

-- 2 contract safe rename breaks=old
ALTER SEQUENCE app.purchases_id_seq RENAME TO orders_id_seq;

-- 3 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_id_not_null TO orders_id_not_null;

-- 3 contract safe rename breaks=old
ALTER TABLE app.orders RENAME COLUMN no TO nr;

-- 3 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_no_not_null TO orders_nr_not_null;

-- 4 contract safe rename
ALTER SEQUENCE app.purchases_no_seq RENAME TO orders_nr_seq;

-- 5 contract safe rename breaks=old
ALTER TABLE app.orders RENAME COLUMN code TO key;

-- 5 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_code_not_null TO orders_key_not_null;

-- 5 contract safe rename breaks=old
ALTER TABLE app.orders RENAME COLUMN parent_id TO up_id;

-- 5 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_code_key TO orders_key_key;

-- 5 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_n_check TO orders_n_check;

-- 5 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_pkey TO orders_pkey;

-- 5 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_parent_id_fkey TO orders_up_id_fkey;
