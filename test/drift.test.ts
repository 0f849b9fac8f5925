import { describe, expect, it } from "vitest";
import { compareSnapshot } from "../src/apply/drift.ts";
import { snapshotAfter } from "../src/apply/snapshot-after.ts";
import type { Fact } from "../src/model/database.ts";

function fact(object: string, spec: Fact["spec"], rest: Partial<Fact> = {}): Fact {
  return { kind: "table", id: `table ${object}`, object, schema: "app", parent: null, spec, ...rest };
}

const facts = (...list: Fact[]) => new Map(list.map((each) => [each.id, each]));
const isManaged = (each: Fact) => each.schema === "app";
const was = facts(fact("app.a", { n: 1, m: [1] }), fact("app.b", { n: 1 }), fact("app.c", { n: 1 }));
const first = {
  ...snapshotAfter(null, was, ["table app.a", "table app.b", "table app.c"], new Set(["table app.a"])),
  appliedAt: "",
};

describe("drift", () => {
  it("is what was added, removed and changed in managed schemas", () => {
    const now = facts(
      fact("app.a", { m: [1], n: 1 }),
      fact("app.b", { n: 2, k: null }),
      fact("app.d", { n: 1 }),
      fact("app.flight", { n: 1 }),
      fact("app.extension", { n: 1 }, { foreign: "unmanaged" }),
      fact("other.x", { n: 1 }, { schema: "other" }),
    );
    const items = compareSnapshot(first, now, { isManaged, inFlight: new Set(["table app.flight"]) });
    expect(items.map(({ id, what, fields }) => [id, what, fields])).toEqual([
      ["table app.b", "changed", ["n"]],
      ["table app.c", "removed", []],
      ["table app.d", "added", []],
    ]);
  });

  it("is nothing right after the snapshot", () => {
    expect(compareSnapshot(first, was, { isManaged })).toEqual([]);
  });
});

describe("the snapshot after a run", () => {
  const now = facts(fact("app.a", { n: 9 }), fact("app.b", { n: 9 }), fact("app.c", { n: 1 }), fact("app.new", { n: 1 }));

  it("keeps the previous form of what has a change pending", () => {
    const next = snapshotAfter(
      first,
      now,
      ["table app.a", "table app.b", "table app.new"],
      new Set(["table app.b", "table app.c"]),
    );
    expect(Object.entries(next.facts).map(([id, each]) => [id, each.spec.n])).toEqual([
      ["table app.a", 9],
      ["table app.b", 1],
      ["table app.c", 1],
      ["table app.new", 1],
    ]);
    expect(next.declared).toEqual(["table app.a", "table app.b", "table app.new"]);
  });

  it("leaves out what is pending and was not there before, and what is gone", () => {
    const next = snapshotAfter(first, facts(fact("app.new", { n: 1 })), ["table app.new"], new Set(["table app.new"]));
    expect(next.facts).toEqual({});
  });
});
