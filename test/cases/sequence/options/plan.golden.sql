-- 1 expand safe create
CREATE SEQUENCE app.made as smallint minvalue 3 start with 3;

-- 1 expand safe alter
ALTER SEQUENCE app.owned OWNED BY app.t.n;

-- 2 expand safe alter
ALTER SEQUENCE app.plain increment by 2 cache 10;

-- 3 expand safe alter
ALTER SEQUENCE app.typed as bigint maxvalue 100000 cycle;

-- 3 expand safe create
COMMENT ON SEQUENCE app.plain IS 'Steps of two.';

-- 4 contract destructive drop breaks=old [destructive]
DROP SEQUENCE app.gone;
