import { qualifiedName, splitPath } from "../../base/identifier.ts";
import type { PlanContext, ReadContext, Reference, Row, WriteContext, YamlEntry, YamlValue } from "../../model/kind.ts";
import { type ObjectId, objectId } from "../../model/object-id.ts";
import type { StepDraft } from "../../model/step.ts";
import { canonicalTypeText } from "../../sql/type-name.ts";
import { optionalText } from "../shared/catalog.ts";
import { draft, noWork } from "../shared/draft.ts";
import { lockOn } from "../shared/locks.ts";
import { entryKey, field, scalarField } from "../shared/yaml-entry.ts";
import { fitChecks } from "./inherited-checks.ts";
import { addMissing, fitColumns } from "./inherited-steps.ts";
import type { Table } from "./table-spec.ts";

/** What a table has its columns from: the tables it inherits (manual, 5.11), the type that it is of (CREATE TABLE … OF). */
export type Ancestry = {
  /** Paths of tables, in the order in which they were inherited. */
  readonly inherits: readonly string[];
  /** Path of a composite type. */
  readonly of: string | null;
};

// ---- YAML

export const ancestryProperties = {
  inherits: { type: "array", items: { type: "string" }, description: "Tables that it inherits, in order: [app.base]." },
  of: { type: "string", description: "The composite type that gives it its columns." },
};

/** `inherits:` and `of:` of a table's entry. */
export function readAncestry(entry: YamlEntry, context: ReadContext): Ancestry {
  const inherited = field(entry.value, "inherits");
  const items: readonly YamlValue[] = inherited?.type === "list" ? inherited.items : [];
  const of = scalarField(entry.value, "of")?.text;
  return {
    inherits: items.flatMap((item) => (item.type === "scalar" ? [pathOf(item.text, "relation", context)] : [])),
    of: of === undefined ? null : pathOf(of, "type", context),
  };
}

function pathOf(text: string, space: "relation" | "type", context: ReadContext): string {
  const names = text.includes('"') ? splitPath(text) : text.split(".");
  const [name = ""] = names;
  return qualifiedName(...(names.length > 1 ? names : [context.resolve(space, name) ?? context.schema, name]));
}

/** The same as a person writes it; nothing for a table that stands by itself. */
export function writtenAncestry({ inherits, of }: Ancestry, context: WriteContext): Record<string, string | readonly string[]> {
  const key = (path: string): string => {
    const [schema = "", name = ""] = splitPath(path);
    return entryKey(schema, name, context);
  };
  return { ...(inherits.length > 0 ? { inherits: inherits.map(key) } : {}), ...(of === null ? {} : { of: key(of) }) };
}

// ---- catalog

/** Columns `inherits` and `of_type` of a query over pg_class c. */
export const ancestryColumns = `(select coalesce(array_agg(quote_ident(hn.nspname) || '.' || quote_ident(hc.relname) order by h.inhseqno), '{}') from pg_inherits h
      join pg_class hc on hc.oid = h.inhparent join pg_namespace hn on hn.oid = hc.relnamespace where h.inhrelid = c.oid and not c.relispartition) as inherits,
    case when c.reloftype <> 0 then format_type(c.reloftype, null) end as of_type`;

/** A row of it. */
export function ancestryFromRow(row: Row): Ancestry {
  const of = optionalText(row, "of_type");
  return { inherits: row["inherits"] as string[], of: of === null ? null : canonicalTypeText(of) };
}

// ---- identity

/** What must be there before the table, with its columns as they will be. */
export function ancestryReferences({ inherits, of }: Table["spec"]): Reference[] {
  return [...inherits.map((path) => `relation ${path}`), ...(of === null ? [] : [`type ${of}`])];
}

/** Ids of what the table has its columns from, its parent as a partition too; the first that has a column tells how it is. */
export function ancestorsOf(table: Pick<Table, "parent" | "spec">): ObjectId[] {
  const { inherits, of } = table.spec;
  return [
    ...(table.parent === null ? [] : [table.parent]),
    ...(inherits ?? []).map((path) => objectId("table", path)),
    ...(of === null ? [] : [objectId("composite", of)]),
  ];
}

// ---- change

/** `INHERITS (…)` behind the columns of CREATE TABLE, with a space before; empty when there is none. */
export function inheritsClause({ inherits }: Ancestry): string {
  return inherits.length > 0 ? ` INHERITS (${inherits.join(", ")})` : "";
}

/**
 * INHERIT, NO INHERIT, OF and NOT OF in place. Parents come in the order of the files: from the first that differs on they go and come
 * again. What a new parent has and the table lacks is added before.
 */
export function changeAncestry(live: Table, desired: Table, context: PlanContext): StepDraft[] {
  const [old, wanted] = [live.spec.inherits, desired.spec.inherits];
  let same = 0;
  while (same < old.length && old[same] === wanted[same]) same++;
  const leaves = old.slice(same);
  const joins = wanted.slice(same);
  const steps: StepDraft[] = [];
  if (live.spec.of !== null && live.spec.of !== desired.spec.of) steps.push(ofStep(live, desired, null, context));
  for (const parent of leaves) steps.push(inheritStep(desired, "NO INHERIT", parent, context));
  if (live.spec.of !== desired.spec.of || joins.length > 0) steps.push(...addMissing(desired, context));
  steps.push(
    ...fitColumns(desired.id, context).map((step) => ({ ...step, needs: step.needs.filter((id) => id !== desired.id) })),
  );
  steps.push(...fitChecks(desired, { joins, keeps: wanted.slice(0, same) }, context));
  for (const parent of joins) steps.push(inheritStep(desired, "INHERIT", parent, context));
  if (desired.spec.of !== null && live.spec.of !== desired.spec.of) steps.push(ofStep(live, desired, desired.spec.of, context));
  // From one parent to another at once: its rows are seen through the one or the other.
  return leaves.length === 0 || joins.length === 0
    ? steps
    : steps.map((step) => ({ ...step, together: `move ${desired.object}` }));
}

const back = { INHERIT: "NO INHERIT", "NO INHERIT": "INHERIT" } as const;

/** ACCESS EXCLUSIVE on the child, SHARE UPDATE EXCLUSIVE on the parent (measured). */
function inheritStep(desired: Table, what: "INHERIT" | "NO INHERIT", parent: string, context: PlanContext): StepDraft {
  const sql = (words: string): string => `ALTER TABLE ${desired.object} ${words} ${parent};`;
  return draft(desired, {
    action: "alter",
    sql: sql(what),
    phase: what === "INHERIT" ? "expand" : "contract",
    why: what === "INHERIT" ? `it inherits ${parent}` : `it does not inherit ${parent} any more`,
    locks: [
      ...lockOn(context, desired.id, "AccessExclusiveLock"),
      ...lockOn(context, objectId("table", parent), what === "INHERIT" ? "ShareUpdateExclusiveLock" : "AccessShareLock"),
    ].filter(({ mode }) => mode !== "AccessShareLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(back[what]) },
    breaks: what === "INHERIT" ? "none" : "old",
    ...(what === "INHERIT"
      ? {
          needs: [`relation ${parent}`, ...checksOf(objectId("table", parent), context), ...fits(desired, context)],
          provides: [],
        }
      : { takesAway: true }),
  });
}

/** The table's own columns and checks, which have to be as the parent wants them before. */
function fits(desired: Table, context: PlanContext): string[] {
  return [...context.children("desired", desired.id, "column").map(({ id }) => id), ...checksOf(desired.id, context)];
}

function checksOf(table: ObjectId, context: PlanContext): ObjectId[] {
  return context.children("desired", table, "constraint").flatMap(({ id, spec }) => (spec["type"] === "check" ? [id] : []));
}

function ofStep(live: Table, desired: Table, type: string | null, context: PlanContext): StepDraft {
  const sql = (path: string | null): string => `ALTER TABLE ${desired.object} ${path === null ? "NOT OF" : `OF ${path}`};`;
  return draft(desired, {
    action: "alter",
    sql: sql(type),
    phase: "expand",
    why: type === null ? `it is not of type ${live.spec.of} any more` : `it is of type ${type}`,
    locks: lockOn(context, desired.id, "AccessExclusiveLock"),
    work: noWork,
    dataLoss: "never",
    undo: { sql: sql(type === null ? live.spec.of : null) },
    ...(type === null ? { takesAway: true } : { needs: [`type ${type}`, ...fits(desired, context)], provides: [] }),
  });
}
