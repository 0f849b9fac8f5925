/** An index of a partition that hangs on the index of a partitioned table; `schema.name` both. A type, not an interface, to fit a spec. */
export type PartIndex = { readonly table: string; readonly index: string };

/** SQL for the indexes beneath the index of a partitioned table, at all depths, as JSON. In: an expression for its OID. */
export function attachedIndexes(oid: string): string {
  return `(select coalesce(json_agg(json_build_object('table', quote_ident(tn.nspname) || '.' || quote_ident(t.relname), 'index', quote_ident(kn.nspname) || '.' || quote_ident(k.relname)) order by tn.nspname, t.relname), '[]')
    from (with recursive beneath(oid) as (select inhrelid from pg_inherits where inhparent = ${oid} union all select h.inhrelid from pg_inherits h join beneath b on h.inhparent = b.oid) select oid from beneath) b
    join pg_class k on k.oid = b.oid join pg_namespace kn on kn.oid = k.relnamespace join pg_index px on px.indexrelid = k.oid join pg_class t on t.oid = px.indrelid join pg_namespace tn on tn.oid = t.relnamespace)`;
}
