import { generatedName } from "../base/identifier.ts";
import type { Fact } from "../model/database.ts";
import type { KindModule } from "../model/kind.ts";
import { notExtensionOwned, userSchema } from "./shared/catalog.ts";
import { type NamedPart, namedPart, partNames } from "./shared/named-part.ts";

/** A constraint of a domain of which something is said: its comment. The constraint itself is part of the domain. */
export const domainConstraint: KindModule<NamedPart> = namedPart({
  kind: "domain_constraint",
  rank: 51,
  parents: ["domain"],
  key: "constraints",
  description: "Constraints of which something is said: comment.",
  properties: {},
  has: (holder, name) =>
    partNames(holder.spec["checks"]).includes(name) || (holder.spec["notNull"] === true && name === notNullName(holder)),
  catalogSql:
    () => `select 'pg_constraint'::regclass::oid::int8::float8 as class_id, c.oid::int8::float8 as object_id, 0 as sub_id,
      n.nspname as schema, t.typname as holder, c.conname as name, 'domain' as holder_kind, null as default
    from pg_description d join pg_constraint c on c.oid = d.objoid and d.classoid = 'pg_constraint'::regclass
      join pg_type t on t.oid = c.contypid join pg_namespace n on n.oid = t.typnamespace
    where c.contypid <> 0 and ${userSchema("n.nspname")} and ${notExtensionOwned("pg_type", "t.oid")}`,
});

const notNullName = (domain: Fact): unknown =>
  domain.spec["notNullName"] ?? generatedName(String(domain.spec["name"]), "", "not_null");
