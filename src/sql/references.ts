import { qualifiedName, splitPath } from "../base/identifier.ts";
import type { SqlForm } from "../base/sql-form.ts";
import { namesOf, walk } from "./names.ts";
import { type Node, parseFragment } from "./parser.ts";

/** A name in SQL that stands for an object. `at` is the byte offset in the parsed text, -1 where the parser keeps none. */
export interface NameUse {
  readonly space:
    | "relation"
    | "type"
    | "routine"
    | "collation"
    | "operator"
    | "opclass"
    | "text_search_configuration"
    | "text_search_dictionary";
  readonly names: readonly string[];
  readonly at: number;
  /** True for a name in a string literal: `nextval('app.s')`. */
  readonly inLiteral: boolean;
}

/** All names of relations, types and routines in a parse tree, and others that carry a schema. Names of CTEs are none. */
export function nameUses(tree: Node): NameUse[] {
  const uses: NameUse[] = [];
  const placeless = (space: NameUse["space"], list: Node): void => {
    const names = namesOf(list);
    // Without a schema they are PostgreSQL's own, or qualify() finds them by the words around them.
    if (names.length > 1) uses.push({ space, names, at: -1, inLiteral: false });
  };
  const common = new Set<string>();
  const words = new Set<Node>();
  walk(tree, (tag, body) => {
    if (tag === "CommonTableExpr") common.add(body.ctename);
    // The parser takes the word of an option for a type: WITH (fastupdate = off).
    for (const { DefElem: option } of Array.isArray(body.options) ? body.options : [])
      if (option && option.defname !== "as") words.add(option.arg?.TypeName);
  });
  walk(tree, (tag, body) => {
    if (body.relname !== undefined && ["RangeVar", "pktable", "relation"].includes(tag)) {
      if (body.schemaname === undefined && common.has(body.relname)) return;
      uses.push({
        space: "relation",
        names: body.schemaname ? [body.schemaname, body.relname] : [body.relname],
        at: body.location ?? 0,
        inLiteral: false,
      });
    } else if (tag === "FuncCall") {
      uses.push({ space: "routine", names: namesOf(body.funcname), at: body.location ?? 0, inLiteral: false });
      if (namesOf(body.funcname).at(-1) === "nextval") uses.push(...literalRelation(body.args?.[0]));
    } else if (tag === "CreateTrigStmt") {
      uses.push({ space: "routine", names: namesOf(body.funcname), at: -1, inLiteral: false });
    } else if (["TypeName", "typeName", "argType", "returnType"].includes(tag) && body.names && !words.has(body)) {
      uses.push(typeUse(body));
    } else if (tag === "TypeCast" && isRegclass(body.typeName)) {
      uses.push(...literalRelation(body.arg));
    }
    const isElement = tag === "IndexElem" || tag === "PartitionElem";
    placeless("collation", body.collname ?? (isElement ? body.collation : undefined));
    if (isElement) placeless("opclass", body.opclass);
    if (tag === "A_Expr" || tag === "SubLink") placeless("operator", body.name ?? body.operName);
    if (tag === "TypeCast") uses.push(...searchObject(body));
  });
  return uses;
}

function typeUse(body: Node): NameUse {
  const names = namesOf(body.names);
  const at = body.location ?? 0;
  // table.column%TYPE names a relation and a column.
  if (body.pct_type) return { space: "relation", names: names.slice(0, -1), at, inLiteral: false };
  return { space: "type", names, at, inLiteral: false };
}

/** `'app.search'::regconfig`, `'app.short'::regdictionary`. */
function searchObject(cast: Node): NameUse[] {
  const type = namesOf(cast.typeName?.names).at(-1);
  const space = type === "regconfig" ? "text_search_configuration" : type === "regdictionary" ? "text_search_dictionary" : null;
  return space === null ? [] : literalRelation(cast.arg).map((use) => ({ ...use, space }));
}

function isRegclass(type: Node): boolean {
  return namesOf(type?.names).at(-1) === "regclass";
}

function literalRelation(arg: Node): NameUse[] {
  const constant = arg?.A_Const ?? arg?.TypeCast?.arg?.A_Const;
  const text = constant?.sval?.sval;
  if (typeof text !== "string") return [];
  return [{ space: "relation", names: splitPath(text), at: constant.location ?? 0, inLiteral: true }];
}

/** References of a fragment in the form that Database lookups take: `relation app.orders`, `type app.status`, `routine app.f`. */
export function references(form: SqlForm, sql: string): string[] {
  return referencesOf(parseFragment(form, sql));
}

/** As `references`, of a tree that is already parsed. Only qualified names: an unqualified one is PostgreSQL's own. */
function referencesOf(tree: Node): string[] {
  const found = new Set<string>();
  for (const use of nameUses(tree)) {
    if (use.names.length < 2 || use.names[0] === "pg_catalog") continue;
    found.add(`${use.space} ${qualifiedName(...use.names.slice(-2))}`);
  }
  return [...found].sort();
}

/** Columns that an expression of one table names: the last part of `a`, `t.a`. */
export function columnNames(form: SqlForm, sql: string): string[] {
  const found = new Set<string>();
  const tree = parseFragment(form, sql);
  walk(tree, (tag, body) => {
    if (tag === "ColumnRef") {
      const last = body.fields?.at(-1);
      if (last?.String) found.add(last.String.sval);
    } else if (tag === "IndexElem" && body.name) {
      found.add(body.name);
    }
  });
  return [...found].sort();
}

/**
 * Columns of its own table that an expression names: those outside of sub-selects, where a bare name may be of another relation.
 * In: the table's bare name, which may stand before a column.
 */
export function ownColumnNames(sql: string, table: string): string[] {
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node === null || typeof node !== "object") return;
    if (node.SubLink) {
      visit(node.SubLink.testexpr);
      return;
    }
    const names: string[] = node.ColumnRef ? namesOf(node.ColumnRef.fields) : [];
    const own = names.length === 2 && names[0] === table ? names.slice(1) : names;
    if (own.length === 1 && own[0]) found.add(own[0]);
    for (const part of Object.values(node)) visit(part);
  };
  visit(parseFragment("expression", sql).SelectStmt?.targetList);
  return [...found].sort();
}

/** Operators used, by symbol. */
export function operatorsOf(form: SqlForm, sql: string): string[] {
  const found = new Set<string>();
  walk(parseFragment(form, sql), (tag, body) => {
    if (tag === "A_Expr" && body.name?.length === 1) found.add(namesOf(body.name)[0] ?? "");
  });
  return [...found].sort();
}

/** Names of the routines that a fragment calls, as written: one part or two. */
export function routineNames(form: SqlForm, sql: string): (readonly string[])[] {
  return nameUses(parseFragment(form, sql)).flatMap((use) => (use.space === "routine" ? [use.names] : []));
}
