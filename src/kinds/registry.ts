import type { KindModule } from "../model/kind.ts";
import { accessMethod } from "./access-method.ts";
import { attribute } from "./attribute.ts";
import { cast } from "./cast.ts";
import { clusterOn } from "./cluster-on.ts";
import { collation } from "./collation.ts";
import { comment } from "./comment.ts";
import { composite } from "./composite.ts";
import { constraint } from "./constraint.ts";
import { conversion } from "./conversion.ts";
import { currentDatabase } from "./current-database.ts";
import { defaultPrivileges } from "./default-privileges.ts";
import { domain } from "./domain.ts";
import { domainConstraint } from "./domain-constraint.ts";
import { enumKind } from "./enum.ts";
import { eventTrigger } from "./event-trigger.ts";
import { extension } from "./extension.ts";
import { foreignDataWrapper } from "./foreign-data-wrapper.ts";
import { functionKind } from "./function.ts";
import { grant } from "./grant.ts";
import { index } from "./index.ts";
import { materializedView } from "./materialized-view.ts";
import { membership } from "./membership.ts";
import { notNull } from "./not-null.ts";
import { operator } from "./operator.ts";
import { operatorClass } from "./operator-class.ts";
import { operatorFamily } from "./operator-family.ts";
import { owner } from "./owner.ts";
import { policy } from "./policy.ts";
import { publication } from "./publication.ts";
import { publicationSchema } from "./publication-schema.ts";
import { publicationTable } from "./publication-table.ts";
import { range } from "./range.ts";
import { replicaIdentity } from "./replica-identity.ts";
import { rls } from "./rls.ts";
import { role } from "./role.ts";
import { rule } from "./rule.ts";
import { schema } from "./schema.ts";
import { sequence } from "./sequence.ts";
import { server } from "./server.ts";
import { setting } from "./setting.ts";
import { statistics } from "./statistics.ts";
import { subscription } from "./subscription.ts";
import { column } from "./table/column.ts";
import { table } from "./table/table.ts";
import { textSearchConfiguration } from "./text-search-configuration.ts";
import { textSearchDictionary } from "./text-search-dictionary.ts";
import { textSearchParser } from "./text-search-parser.ts";
import { textSearchTemplate } from "./text-search-template.ts";
import { transform } from "./transform.ts";
import { trigger } from "./trigger.ts";
import { userMapping } from "./user-mapping.ts";
import { view } from "./view.ts";
import { viewColumn } from "./view-column.ts";

/** All kinds of objects that lockstep knows. A new kind is one file and one line here. */
const registered: readonly KindModule[] = [
  schema,
  extension,
  role,
  membership,
  setting,
  currentDatabase,
  defaultPrivileges,
  enumKind,
  collation,
  composite,
  attribute,
  range,
  accessMethod,
  sequence,
  domain,
  domainConstraint,
  functionKind,
  cast,
  conversion,
  operator,
  operatorClass,
  operatorFamily,
  textSearchConfiguration,
  textSearchDictionary,
  textSearchParser,
  textSearchTemplate,
  transform,
  foreignDataWrapper,
  server,
  userMapping,
  table,
  column,
  constraint,
  notNull,
  index,
  view,
  materializedView,
  viewColumn,
  statistics,
  clusterOn,
  replicaIdentity,
  trigger,
  rule,
  policy,
  rls,
  publication,
  publicationTable,
  publicationSchema,
  subscription,
  eventTrigger,
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
