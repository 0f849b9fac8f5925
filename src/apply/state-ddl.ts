/** Version of the tables below; a program refuses a schema that is newer than what it knows. */
export const STATE_VERSION = 1;

/**
 * SQL that makes the schema `lockstep`. With `existing`, an empty schema is there already and the executing role owns it: it may lack
 * CREATE on the database, without which even CREATE SCHEMA IF NOT EXISTS is refused.
 * What planning reads is readable by PUBLIC: it says no more than the catalog does. SQL texts and errors are not.
 */
export function stateDdl(options: { readonly existing: boolean }): string {
  const parts = [...(options.existing ? [] : ["create schema lockstep;"]), TABLES, GRANTS];
  return `${parts.join("\n")}\ninsert into lockstep.meta (version) values (${STATE_VERSION});\n`;
}

const TABLES = `
create table lockstep.meta (version integer not null);
comment on schema lockstep is 'State of lockstep: history, approvals, and the desired state last applied. Losing it loses history, not correctness.';

create table lockstep.runs (
  id bigint generated always as identity primary key,
  project text not null,
  plan_hash text not null,
  phase text not null,
  saved boolean not null,
  status text not null default 'running' check (status in ('running', 'done', 'failed', 'interrupted')),
  role text not null default current_user,
  application text,
  pid integer not null default pg_backend_pid(),
  lockstep_version text not null,
  steps integer not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  error text,
  after jsonb
);
create index runs_project_idx on lockstep.runs (project, id);
create index runs_plan_idx on lockstep.runs (project, plan_hash);
comment on column lockstep.runs.after is 'What the plan relies on, as hashes, after the steps named in it: lets the same plan file go on.';

create table lockstep.steps (
  run_id bigint not null references lockstep.runs,
  step_id text not null,
  project text not null,
  plan_hash text not null,
  phase text not null,
  class text not null,
  kind text not null,
  object text not null,
  action text not null,
  sql text not null,
  status text not null check (status in ('intent', 'done', 'failed')),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  error text,
  primary key (run_id, step_id)
);
create index steps_plan_idx on lockstep.steps (project, plan_hash);
comment on column lockstep.steps.status is 'done is written in the transaction of the step itself; intent before a step that runs in none.';

create table lockstep.approvals (
  run_id bigint not null references lockstep.runs,
  step_id text not null,
  approval text not null,
  given text not null,
  role text not null default current_user,
  at timestamptz not null default now(),
  primary key (run_id, step_id, approval)
);

create table lockstep.snapshots (
  project text primary key,
  plan_hash text,
  applied_at timestamptz not null default now(),
  declared jsonb not null,
  facts jsonb not null
);

create table lockstep.pairs (
  project text not null,
  id text not null,
  field text not null,
  file_text text not null,
  catalog_text text not null,
  primary key (project, id, field)
);

create table lockstep.objects (
  project text not null,
  object text not null,
  kind text not null,
  run_id bigint not null references lockstep.runs,
  step_id text not null,
  plan_hash text not null,
  since timestamptz not null default now(),
  primary key (project, object)
);
comment on table lockstep.objects is 'In flight: made by a step that is not finished, an index under construction for one.';

create view lockstep.status as
select p.project, r.id as run_id, r.plan_hash, r.phase, r.status, r.role, r.started_at, r.finished_at, r.steps,
  (select count(*) from lockstep.steps s where s.run_id = r.id and s.status = 'done') as steps_done,
  (select count(*) from lockstep.objects o where o.project = p.project) as in_flight,
  (select s.applied_at from lockstep.snapshots s where s.project = p.project) as applied_at
from (select distinct project from lockstep.runs union select project from lockstep.snapshots) p
left join lockstep.runs r on r.id = (select max(l.id) from lockstep.runs l where l.project = p.project);
`.trim();

const GRANTS = `
grant usage on schema lockstep to public;
grant select on lockstep.meta, lockstep.snapshots, lockstep.pairs, lockstep.objects, lockstep.status to public;
grant select (id, project, plan_hash, phase, saved, status, role, steps, started_at, finished_at, after) on lockstep.runs to public;
grant select (run_id, step_id, project, plan_hash, phase, class, kind, object, action, status, started_at, finished_at) on lockstep.steps to public;
`.trim();
