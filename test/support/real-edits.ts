/**
 * Rows for the schemas of real projects, and edits that a person makes in their pulled files. Each edit replaces texts, in whichever
 * file holds them; the way back is to restore the files.
 */

/** One edit: pairs of a text that occurs exactly once in the files, and what stands there instead. */
export interface RealEdit {
  readonly name: string;
  readonly replace: readonly (readonly [string, string])[];
  /** A column of which partitions get other generated names of NOT NULLs: PostgreSQL gives their parent's when a type changes, for good. */
  readonly renamesNotNullOf?: string;
}

/** Files with the texts of an edit replaced. Throws when one of them does not occur exactly once. */
export function edited(files: ReadonlyMap<string, string>, { name, replace }: RealEdit): Map<string, string> {
  const next = new Map(files);
  for (const [from, to] of replace) {
    const [home, ...others] = [...next].filter(([, text]) => text.includes(from));
    if (home === undefined || others.length > 0 || home[1].split(from).length !== 2)
      throw new Error(`${name}: ${JSON.stringify(from)} does not occur exactly once`);
    next.set(
      home[0],
      home[1].replace(from, () => to),
    );
  }
  return next;
}

export const pagilaRows = `
  set search_path = public;
  insert into language (name) values ('English'), ('Deutsch');
  insert into actor (first_name, last_name) values ('PENELOPE', 'GUINESS'), ('NICK', 'WAHLBERG');
  insert into category (name) values ('Action'), ('Drama');
  insert into country (country) values ('Canada');
  insert into city (city, country_id) values ('Lethbridge', 1);
  insert into address (address, district, city_id, phone) values ('47 MySakila Drive', 'Alberta', 1, ''), ('28 MySQL Boulevard', 'QLD', 1, '');
  insert into store (manager_staff_id, address_id) values (1, 1);
  insert into staff (first_name, last_name, address_id, store_id, username) values ('Mike', 'Hillyer', 1, 1, 'Mike');
  insert into customer (store_id, first_name, last_name, address_id) values (1, 'MARY', 'SMITH', 2), (1, 'PATRICIA', 'JOHNSON', 2);
  insert into film (title, language_id, release_year, rating) values ('ACADEMY DINOSAUR', 1, 2006, 'PG'), ('ACE GOLDFINGER', 1, 2006, 'G');
  insert into film_actor (actor_id, film_id) values (1, 1), (2, 2);
  insert into film_category (film_id, category_id) values (1, 1), (2, 2);
  insert into inventory (film_id, store_id) values (1, 1), (2, 1);
  insert into rental (rental_date, inventory_id, customer_id, staff_id) values ('2022-02-03', 1, 1, 1), ('2022-03-04', 2, 2, 1);
  insert into payment (customer_id, staff_id, rental_id, amount, payment_date) values (1, 1, 1, 2.99, '2022-02-04'), (2, 1, 2, 0.99, '2022-03-05');`;

export const pagilaEdits: readonly RealEdit[] = [
  {
    name: "another type of a column that views group by, a trigger reads and an index holds",
    replace: [["      title: text not null\n", "      title: character varying(300) not null\n"]],
  },
  {
    name: "columns, an index and a check more, an index less",
    replace: [
      ["      length: smallint\n", "      length: smallint\n      subtitle: text not null default ''\n"],
      ["      idx_title: (title)\n", "      film_long_idx: (length desc) where length > 120\n"],
      [
        "      film_pkey: primary key (film_id)\n",
        "      film_pkey: primary key (film_id)\n      film_length_positive: check (length > 0)\n",
      ],
    ],
  },
  {
    name: "a label of an enum in use, a domain's check, a trigger",
    replace: [
      ["mpaa_rating: [G, PG, PG-13, R, NC-17]", "mpaa_rating: [G, PG, PG-13, R, NC-17, X]"],
      ["(VALUE >= 1901)", "(VALUE >= 1888)"],
      [
        "film_fulltext_trigger: before insert or update for each row",
        "film_fulltext_trigger: before insert or update of title, description for each row",
      ],
    ],
  },
  {
    name: "a view with a column more at its end, another without one",
    replace: [
      ["      s.store_id AS sid\n", "      s.store_id AS sid,\n      s.username\n"],
      ["      cu.store_id AS sid\n", "      cu.store_id AS store\n"],
    ],
  },
  {
    name: "a partition more, a materialized view's index and query",
    replace: [
      [
        "    partitions:\n      payment_p2022_01:\n",
        "    partitions:\n      payment_p2030: from ('2030-01-01 00:00:00+00') to ('2031-01-01 00:00:00+00')\n      payment_p2022_01:\n",
      ],
      ["      rental_category: unique (category)", "      rental_category: (category)"],
    ],
  },
  {
    name: "a wider column of all partitions, under views and a materialized view",
    renamesNotNullOf: "amount",
    replace: [["      amount: numeric(5,2) not null\n", "      amount: numeric(9,2) not null\n"]],
  },
];

const [user, account] = ["00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"];

export const basejumpRows = `
  insert into auth.users (id, email) values ('${user}', 'a@example.org');
  insert into basejump.accounts (id, primary_owner_user_id, name, slug) values ('${account}', '${user}', 'Team', 'team');
  insert into basejump.billing_customers (account_id, id, email) values ('${account}', 'cus_1', 'a@example.org');
  insert into basejump.billing_subscriptions (id, account_id, billing_customer_id, status) values ('sub_1', '${account}', 'cus_1', 'active');`;

export const basejumpEdits: readonly RealEdit[] = [
  {
    name: "policies: another expression, another command, one more",
    replace: [
      ["    using: primary_owner_user_id = auth.uid()\n", "    using: primary_owner_user_id = (select auth.uid())\n"],
      [
        "  Accounts can be edited by owners:\n    for: update\n",
        "  Accounts are never seen by nobody: { as: restrictive, for: select, to: authenticated, using: id is not null }\n  Accounts can be edited by owners:\n    for: all\n",
      ],
    ],
  },
  {
    name: "grants and default privileges",
    replace: [
      [
        "    grants: { authenticated: select, service_role: select }\n",
        "    grants: { authenticated: [select, update (billing_provider)], service_role: all }\n",
      ],
      [
        "  - { for: postgres, on: functions, grants: { public: none } }\n",
        "  - { for: postgres, on: functions, grants: { public: execute } }\n",
      ],
    ],
  },
  {
    name: "another type of a column that a check, a unique key, triggers and functions use",
    replace: [["      slug: text\n", "      slug: character varying(63)\n"]],
  },
  {
    name: "an enum's label more, defaults, a column that must be there",
    replace: [
      ["account_role: [owner, member]\n", "account_role: [owner, admin, member]\n"],
      ["      private_metadata: jsonb default '{}'\n", "      private_metadata: jsonb not null default '{\"a\":1}'\n"],
    ],
  },
];
