-- 1 expand safe alter
ALTER TYPE app.region ADD VALUE 'asia';

-- 2 expand safe create
CREATE TABLE app.t_asia PARTITION OF app.t FOR VALUES in ('asia');

-- 2 expand safe alter
ALTER TABLE app.t ALTER COLUMN a SET DEFAULT '{eu,asia}';
