import type { Plan } from "../model/plan.ts";
import type { Step } from "../model/step.ts";
import { summaryLine } from "./plan-text.ts";
import { versionText } from "./quantities.ts";
import { lockText, placeText, sizeText } from "./step-text.ts";

/**
 * A plan as a script for psql: what apply would send, without its journal, retries, approvals and checks of staleness.
 * A transaction for each group; steps that PostgreSQL refuses in one stand alone.
 */
export function planSql(plan: Plan): string {
  const groups = groupsOf(plan.steps);
  const blocks = groups.map((steps, index) => {
    const opens = groups[index - 1]?.[0]?.phase !== steps[0]?.phase;
    return `${opens ? `-- phase: ${steps[0]?.phase}\n\n` : ""}${groupSql(steps)}`;
  });
  return `${[headerSql(plan), ...blocks].join("\n\n")}\n`;
}

function headerSql(plan: Plan): string {
  const empty = plan.steps.length === 0;
  return [
    `-- lockstep ${plan.lockstep_version}: plan for database ${commentSafe(plan.target.database)}, PostgreSQL ${versionText(plan.target.server_version)}`,
    `-- made ${plan.created_at}, fingerprint ${plan.target.fingerprint.slice(0, 12)}`,
    `-- ${empty ? "no changes" : summaryLine(plan)}`,
    "-- run: psql --set ON_ERROR_STOP=1 --file <this file>",
    "",
    "set search_path = '';",
    "set check_function_bodies = off;",
    ...(empty
      ? []
      : [
          "-- Rather fail than let the application queue behind a lock that is waited for; then plan again.",
          "set lock_timeout = '2s';",
        ]),
  ].join("\n");
}

/** Steps that follow one another and commit together. */
function groupsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    if (last !== undefined && first?.group === step.group && first.phase === step.phase && step.transactional) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

function groupSql(steps: readonly Step[]): string {
  const body = steps.map(stepSql).join("\n\n");
  const [first] = steps;
  if (first !== undefined && !first.transactional) {
    return `set lock_timeout = 0;  -- a lock that is waited for here makes nobody else wait\n${body}\nset lock_timeout = '2s';`;
  }
  return `begin;\n\n${body}\n\ncommit;`;
}

function stepSql(step: Step): string {
  const facts = [
    step.class,
    lockText(step),
    sizeText(step),
    step.access === "none" ? "" : `access: ${step.access}`,
    placeText(step),
  ];
  const head = `-- ${step.id}: ${commentSafe(facts.filter((fact) => fact !== "").join(" · "))}`;
  return `${head}\n${step.sql}${/;\s*$/.test(step.sql) ? "" : ";"}`;
}

function commentSafe(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
