--- the context of a cast; replaces
drop cast (ev_operators.b as ev_operators.a);
create cast (ev_operators.b as ev_operators.a) with function ev_operators.b_to_a(ev_operators.b) as implicit;
--- a cast goes
drop cast (ev_operators.a as json);
--- a cast's comment
comment on cast (ev_operators.a as ev_operators.b) is null;
--- estimators of an operator
alter operator ev_operators.=== (integer, bigint) set (restrict = none, join = neqjoinsel);
--- an operator learns to hash; from 17; replaces
alter operator ev_operators.=== (bigint, integer) set (hashes);
--- an operator's owner; one way: the files do not say who owns most
alter operator ev_operators.=== (integer, bigint) owner to ev_owner;
--- an operator goes
drop operator ev_operators.=== (bigint, integer);
--- an operator comes
create operator ev_operators.<<< (function = ev_operators.lt, leftarg = integer, rightarg = integer);
--- a loose member of a family
alter operator family ev_operators.loose using btree add operator 2 <= (int4, int8);
--- a loose member goes
alter operator family ev_operators.loose using btree drop operator 1 (int4, int8);
--- an operator class under an index; replaces
drop index ev_operators.t_back;
drop operator family ev_operators.backwards using btree;
create operator class ev_operators.backwards for type integer using btree as operator 1 ev_operators.<#, operator 3 =, operator 5 <, function 1 ev_operators.cmp(integer, integer);
comment on operator class ev_operators.backwards using btree is 'Down';
create index t_back on ev_operators.t (id ev_operators.backwards);
--- an operator class comes
create operator class ev_operators.fresh for type integer using hash as operator 1 =, function 1 hashint4(integer);
--- an option of a dictionary
alter text search dictionary ev_operators.short (stopwords = 'french');
--- an option of a dictionary goes
alter text search dictionary ev_operators.short (accept);
--- a dictionary's name
alter text search dictionary ev_operators.own rename to renamed;
--- a mapping changes
alter text search configuration ev_operators.search alter mapping for word with simple;
--- a mapping goes
alter text search configuration ev_operators.search drop mapping for "int";
--- a mapping comes
alter text search configuration ev_operators.search add mapping for float with simple;
--- a configuration's comment
comment on text search configuration ev_operators.search is 'Otherwise';
--- a configuration comes
create text search configuration ev_operators.third (parser = default);
--- a conversion becomes the default; replaces
drop conversion ev_operators.latin;
create default conversion ev_operators.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
comment on conversion ev_operators.latin is 'Old text';
--- a conversion goes
drop conversion ev_operators.latin2;
--- a transform goes
drop transform for ev_operators.a language sql;
