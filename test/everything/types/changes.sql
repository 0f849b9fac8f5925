--- enum: a value at the end; one way: PostgreSQL cannot take a value out of an enum that is used
alter type ev_types.plain add value 'returned';

--- enum: a value in the middle of one nobody uses
alter type ev_types.none add value 'only';

--- enum: a value with odd letters between two; one way: labels cannot go
alter type ev_types.odd add value 'new '' "x" ✓' before 'null';

--- enum: comment
comment on type ev_types.plain is 'Another ''comment'' \ here.';

--- enum: grants
revoke grant option for usage on type ev_types.plain from ev_reader; grant usage on type ev_types.odd to public;

--- enum: renamed
alter type ev_types.none rename to none_at_all;

--- collation: locale, nobody uses it; replaces
drop collation "Ev.types"."Odd.coll"; create collation "Ev.types"."Odd.coll" (provider = icu, locale = 'da');

--- collation: deterministic, and a column uses it; replaces
alter table ev_types.uses alter collated type text; drop collation ev_types.german;
create collation ev_types.german (provider = icu, locale = 'de-DE-u-co-phonebk', deterministic = false);
alter collation ev_types.german owner to ev_owner;
alter table ev_types.uses alter collated type text collate ev_types.german;

--- collation: comment
comment on collation ev_types.ci is null; comment on collation ev_types.plain_c is 'Bytes.';

--- collation: a new one
create collation ev_types.fresh (provider = icu, locale = 'fr');

--- collation: rules; from 16; replaces
drop collation ev_types.ruled; create collation ev_types.ruled (provider = icu, locale = 'und', rules = '&b < h');

--- composite: an attribute is added
alter type ev_types.address add attribute "New.one" ev_types.plain;

--- composite: an attribute goes
alter type ev_types.address drop attribute since;

--- composite: another type of an attribute, nobody uses the type
alter type ev_types.swapped alter attribute c type text collate ev_types.ci;

--- composite: another collation of an attribute
alter type ev_types.swapped alter attribute c type text; alter type ev_types.swapped alter attribute c type text collate "C";

--- composite: the order of attributes; replaces
drop type ev_types.swapped; create type ev_types.swapped as (b integer, a integer, c integer);

--- composite: comments of attributes
comment on column ev_types.address."Zip.code" is null; comment on column ev_types.address.street is 'With its number.'; comment on column ev_types.person.home is 'Changed.';

--- composite: the type's comment and grants
comment on type ev_types.person is 'Somebody.'; grant usage on type ev_types.person to ev_reader with grant option;

--- domain: default
alter domain ev_types.amount set default 1;

--- domain: no default
alter domain ev_types.code drop default;

--- domain: nullable
alter domain ev_types.amount drop not null;

--- domain: not null
alter domain ev_types.email set not null;

--- domain: a check more
alter domain ev_types.email add constraint email_dot check (value like '%.%');

--- domain: a check less
alter domain ev_types.email drop constraint email_short;

--- domain: another check of the same name
alter domain ev_types.amount drop constraint amount_positive; alter domain ev_types.amount add constraint amount_positive check (value > -1);

--- domain: a check under another name
alter domain ev_types.email rename constraint email_short to email_brief;

--- domain: a check becomes valid
alter domain ev_types.code validate constraint code_upper;

--- domain: comment on a check
comment on constraint email_at on domain ev_types.email is 'Another.'; comment on constraint code_upper on domain ev_types.code is 'New.';

--- domain: base type, and nobody uses it; replaces
drop domain "Ev.types"."Odd.dom"; create domain "Ev.types"."Odd.dom" as bigint constraint "Odd.check" check (value > 0);

--- domain: base type, and a column uses it; replaces
alter table ev_types.uses alter price type numeric; drop domain ev_types.amount;
create domain ev_types.amount as numeric(14, 2) default 0 not null constraint amount_positive check (value >= 0);
grant usage on domain ev_types.amount to ev_reader;
alter table ev_types.uses alter price type ev_types.amount;

--- domain: the name of a not null; from 17
alter domain ev_types.named_null rename constraint nn_of_mine to nn_renamed; comment on constraint nn_renamed on domain ev_types.named_null is null;

--- range: the multirange under another name
alter type ev_types.many_texts rename to some_texts;

--- range: the multirange in another schema
alter type ev_types.many_texts set schema "Ev.types";

--- range: subtype, nobody uses it; replaces
drop type "Ev.types"."Odd.range"; create type "Ev.types"."Odd.range" as range (subtype = bigint);

--- range: subtype, and columns, a view and a function use it; replaces
drop function ev_types.width(ev_types.span); drop view ev_types.shown; alter table ev_types.spans alter m drop default;
alter table ev_types.spans alter s type text, alter m type text; drop type ev_types.span; create type ev_types.span as range (subtype = bigint);
comment on type ev_types.span is 'A span of days.'; grant usage on type ev_types.span to ev_reader;
alter table ev_types.spans alter s type ev_types.span using s::ev_types.span, alter m type ev_types.span_multirange using m::ev_types.span_multirange, alter m set default '{}';
create view ev_types.shown as select id, ev_types.span(1, 2) as built, s && ev_types.span(5, 6) as overlaps from ev_types.spans;
create function ev_types.width(r ev_types.span) returns bigint language sql immutable begin atomic select upper(r) - lower(r); end;

--- range: no difference function; replaces
alter table ev_types.spans drop t; drop type ev_types.timerange; create type ev_types.timerange as range (subtype = time);
alter table ev_types.spans add t ev_types.timerange[];

--- range: comment and grants
comment on type ev_types.span is null; grant usage on type ev_types.span to ev_reader with grant option;

--- range: a new one
create type ev_types.fresh as range (subtype = date);
