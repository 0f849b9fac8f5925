import type { Edge } from "../model/database.ts";
import type { Row } from "../model/kind.ts";
import type { ObjectId } from "../model/object-id.ts";

/**
 * What depends on what, from pg_depend, with PostgreSQL's inner objects traced to those that people know: the rule of a
 * view to the view, a default to its column, the index of a key to the constraint, a row type to its table, the multirange and
 * the constructors of a range to the range.
 * What a table says of one of its indexes (CLUSTER ON and REPLICA IDENTITY: sub ids 0 and 1 of pg_index) goes with it untracked.
 */
export const edgesSql = `with traced as (
    select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid from pg_depend d
    where d.deptype in ('n', 'a', 'i') and d.refobjid >= 16384 and d.objid >= 16384
    union all select 'pg_index'::regclass, x.indexrelid, s.sub, 'pg_class'::regclass, coalesce(pg_partition_root(x.indexrelid), x.indexrelid), 0
      from pg_index x join (values (0), (1)) s(sub) on case s.sub when 0 then x.indisclustered else x.indisreplident end where x.indrelid >= 16384),
  inner_objects as (
    select 'pg_rewrite'::regclass::oid as class, r.oid as obj, 'pg_class'::regclass::oid as to_class, r.ev_class as to_obj, 0 as to_sub
      from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.relkind in ('v', 'm') and r.rulename = '_RETURN'
    union all select 'pg_attrdef'::regclass, oid, 'pg_class'::regclass, adrelid, adnum from pg_attrdef
    union all select 'pg_constraint'::regclass, oid, 'pg_type'::regclass, contypid, 0 from pg_constraint where contypid <> 0
    union all select 'pg_class'::regclass, conindid, 'pg_constraint'::regclass, oid, 0 from pg_constraint where contype in ('p', 'u', 'x')
    union all select 'pg_type'::regclass, oid, 'pg_class'::regclass, typrelid, 0 from pg_type where typrelid <> 0 and typtype = 'c'
      and exists (select from pg_class k where k.oid = typrelid and k.relkind <> 'c')
    union all select 'pg_type'::regclass, a.oid, 'pg_type'::regclass, coalesce(r.rngtypid, a.typelem), 0
      from pg_type a left join pg_range r on r.rngmultitypid = a.typelem where a.typelem <> 0 and a.typcategory = 'A'
    -- What an extension brought is the extension's.
    union all select d.classid, d.objid, 'pg_extension'::regclass, d.refobjid, 0 from pg_depend d where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
    -- What lies in an operator class or family.
    union all select d.classid, d.objid, d.refclassid, d.refobjid, 0 from pg_depend d where d.classid in ('pg_amop'::regclass, 'pg_amproc'::regclass)
      and (d.refclassid = 'pg_opclass'::regclass or d.refclassid = 'pg_opfamily'::regclass and d.deptype = 'a' and not exists (select from pg_depend c
        where c.classid = d.classid and c.objid = d.objid and c.refclassid = 'pg_opclass'::regclass))
    union all select 'pg_type'::regclass, rngmultitypid, 'pg_type'::regclass, rngtypid, 0 from pg_range
    union all select 'pg_proc'::regclass, f.objid, 'pg_type'::regclass, coalesce(r.rngtypid, f.refobjid), 0 from pg_depend f
      left join pg_range r on r.rngmultitypid = f.refobjid
      where f.classid = 'pg_proc'::regclass and f.refclassid = 'pg_type'::regclass and f.deptype = 'i' and f.objid >= 16384)
  select distinct coalesce(i.to_class, t.classid)::int8::float8 as class_id, coalesce(i.to_obj, t.objid)::int8::float8 as object_id,
    (case when i.to_class is null then t.objsubid else i.to_sub end)::int4 as sub_id,
    coalesce(r.to_class, t.refclassid)::int8::float8 as ref_class_id, coalesce(r.to_obj, t.refobjid)::int8::float8 as ref_object_id,
    (case when r.to_class is null or r.to_sub = 0 and t.refobjsubid > 0 then t.refobjsubid else r.to_sub end)::int4 as ref_sub_id
  from traced t left join inner_objects i on i.class = t.classid and i.obj = t.objid left join inner_objects r on r.class = t.refclassid and r.obj = t.refobjid`;

/** Rows of edgesSql to edges between ids; what is of no kind of ours is left out. */
export function edgesFrom(
  rows: readonly Row[],
  idOf: (classId: number, objectId: number, subId: number) => ObjectId | undefined,
): Edge[] {
  const edges: Edge[] = [];
  for (const row of rows) {
    // A column of a view or of a partition is no fact of its own: what names it depends on the whole.
    const whole = (classId: number, objectId: number, subId: number): ObjectId | undefined =>
      idOf(classId, objectId, subId) ?? idOf(classId, objectId, 0);
    const dependent = whole(Number(row["class_id"]), Number(row["object_id"]), Number(row["sub_id"]));
    const on = whole(Number(row["ref_class_id"]), Number(row["ref_object_id"]), Number(row["ref_sub_id"]));
    if (dependent !== undefined && on !== undefined && dependent !== on) edges.push({ dependent, on });
  }
  return edges;
}
