import type { KindModule } from "../model/kind.ts";
import { comment } from "./comment.ts";
import { composite } from "./composite.ts";
import { constraint } from "./constraint.ts";
import { domain } from "./domain.ts";
import { enumKind } from "./enum.ts";
import { extension } from "./extension.ts";
import { functionKind } from "./function.ts";
import { grant } from "./grant.ts";
import { index } from "./index.ts";
import { materializedView } from "./materialized-view.ts";
import { owner } from "./owner.ts";
import { policy } from "./policy.ts";
import { rls } from "./rls.ts";
import { rule } from "./rule.ts";
import { schema } from "./schema.ts";
import { sequence } from "./sequence.ts";
import { foreignGrantsSql } from "./shared/foreign-grants.ts";
import { unreadCommentsSql } from "./shared/unread-comments.ts";
import { column } from "./table/column.ts";
import { table } from "./table/table.ts";
import { trigger } from "./trigger.ts";
import { view } from "./view.ts";

/** All kinds of objects that lockstep knows. A new kind is one file and one line here. */
const registered: readonly KindModule[] = [
  schema,
  extension,
  enumKind,
  composite,
  sequence,
  domain,
  functionKind,
  table,
  column,
  constraint,
  index,
  view,
  materializedView,
  trigger,
  rule,
  policy,
  rls,
  grant,
  owner,
  comment,
];

/** In the order of creation. */
export const kinds: readonly KindModule[] = [...registered].sort((a, b) => a.rank - b.rank || (a.kind < b.kind ? -1 : 1));

const byName = new Map(kinds.map((kind) => [kind.kind, kind]));

/** The module of a kind. Throws for a name that is none: a bug. */
export function kindNamed(name: string): KindModule {
  const found = byName.get(name);
  if (!found) throw new Error(`no kind ${name}`);
  return found;
}

/** Queries for what the kinds see but cannot manage: grants of other grantors, comments on what has no entry. */
export function unmanagedParts(): readonly string[] {
  return [foreignGrantsSql(), unreadCommentsSql()];
}
