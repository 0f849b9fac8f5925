--- the type of a column is widened
select ev_rebuild.make(n => 'bigint');

--- the type of a column becomes another one, and what uses it reads otherwise; replaces
select ev_rebuild.make(n => 'numeric(12,2)');

--- the type of a text column is narrowed, and a trigger reads otherwise; replaces
select ev_rebuild.make(word => 'character varying(40)');

--- the collation of a column changes
select ev_rebuild.make(word => 'text collate "C"');

--- labels of an enum go
select ev_rebuild.make(label => $$'low', 'mid', 'high', 'top'$$);

--- a label of an enum goes and others change places
select ev_rebuild.make(label => $$'mid', 'low', 'high', 'odd'$$);

--- a domain gets another base type
select ev_rebuild.make(base => 'bigint');

--- an attribute of a composite type gets another type
select ev_rebuild.make(street => 'character varying(80)');

--- a function gets another signature; replaces
select ev_rebuild.make(arg => 'bigint');

--- a column goes
select ev_rebuild.make(extra => '');
