-- 1 contract safe rename breaks=old
ALTER TABLE app.purchases RENAME TO orders;

-- 2 contract safe rename
ALTER TABLE app.orders RENAME CONSTRAINT purchases_id_not_null TO orders_id_not_null;

-- 2 contract safe rename breaks=old
ALTER TABLE app.orders RENAME COLUMN state TO status;

-- 2 contract safe rename breaks=old
ALTER PUBLICATION sales RENAME TO shop;

-- 3 contract safe drop
ALTER PUBLICATION shop DROP TABLE ONLY app.orders;

-- 3 contract locking alter breaks=old rewrite scan index-rebuild [locking]
ALTER TABLE app.orders ALTER COLUMN total TYPE bigint;

-- 3 contract safe create
ALTER PUBLICATION shop ADD TABLE ONLY app.orders (id, status, total) WHERE (status <> 'draft' and total > 0);

-- 4 contract safe alter
ANALYZE app.orders (total);

-- 5 contract destructive drop breaks=old [destructive]
ALTER TABLE app.orders DROP COLUMN legacy;

-- 6 contract safe drop breaks=old
DROP TABLE app.gone;
