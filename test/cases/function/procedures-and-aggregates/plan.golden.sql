-- 1 expand safe alter
create or replace procedure app.act(a int) language plpgsql as $$ begin commit; end $$;

-- 1 expand safe create
create procedure app.act(inout a text) language sql as $$ select a $$;

-- 1 expand safe alter
create or replace function app.add_up(a int, b int) returns int language sql immutable as $$ select b + a $$;

-- 1 expand safe alter
CREATE OR REPLACE AGGREGATE app.total(integer) (
    SFUNC = app.add_up,
    STYPE = integer,
    INITCOND = '1'
);

-- 1 expand safe grant access=widens [widen]
GRANT EXECUTE ON ROUTINE app.total(integer) TO case_reader;

-- 1 expand safe create
COMMENT ON PROCEDURE app.act(integer) IS 'Acts.';
