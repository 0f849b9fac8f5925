-- 1 expand safe create
ALTER TABLE app.orders ADD COLUMN constant text DEFAULT 'x' NOT NULL;

-- 1 expand safe create
ALTER TABLE app.orders ADD COLUMN stable timestamp with time zone DEFAULT now();

-- 1 expand safe create
ALTER TABLE app.orders ADD COLUMN cast_of_stable text DEFAULT concat('at ', (now())::text);

-- 1 expand safe create
ALTER TABLE app.orders ADD COLUMN own_stable integer DEFAULT app.still();

-- 2 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.orders ADD COLUMN each_own uuid DEFAULT gen_random_uuid();

-- 3 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.orders ADD COLUMN each_clock timestamp with time zone DEFAULT clock_timestamp();

-- 4 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.orders ADD COLUMN own_volatile integer DEFAULT app.tick();

-- 5 expand safe create
create function app.made_here() returns integer language plpgsql as $$ begin return 1; end $$;

-- 6 expand locking create rewrite scan index-rebuild [locking]
ALTER TABLE app.orders ADD COLUMN made_here integer DEFAULT app.made_here();
