-- 1 expand safe create
CREATE TABLE app.items (
  order_id bigint NOT NULL,
  line integer NOT NULL,
  sku text NOT NULL,
  CONSTRAINT items_line CHECK (line > 0),
  CONSTRAINT items_pkey PRIMARY KEY (order_id, line)
);

-- 1 expand safe create
CREATE INDEX items_sku_idx ON app.items (sku) include (line);

-- 1 expand safe create
COMMENT ON TABLE app.items IS 'What was ordered.';

-- 1 expand safe create
COMMENT ON COLUMN app.items.sku IS 'What the label says.';

-- 1 expand safe create
ALTER TABLE app.orders ADD COLUMN paid boolean DEFAULT false NOT NULL;

-- 2 expand safe create
ALTER TABLE app.items ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES app.orders (id) ON DELETE CASCADE;

-- 3 contract destructive drop breaks=old [destructive, undeclared]
DROP TABLE app.old;
