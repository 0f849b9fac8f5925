-- 1 expand safe create
CREATE TABLE app.d (
  id integer NOT NULL,
  CONSTRAINT d_pkey PRIMARY KEY (id)
);

-- 1 expand safe policy
ALTER TABLE app.d ENABLE ROW LEVEL SECURITY;

-- 1 expand safe policy access=narrows
ALTER TABLE app.a ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- 2 expand safe policy access=widens [widen]
ALTER TABLE app.b DISABLE ROW LEVEL SECURITY;

-- 3 expand safe policy access=widens [widen]
ALTER TABLE app.c NO FORCE ROW LEVEL SECURITY;

-- 4 expand safe policy
ALTER TABLE app.d FORCE ROW LEVEL SECURITY;
