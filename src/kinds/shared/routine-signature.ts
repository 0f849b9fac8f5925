import { namesOf } from "../../sql/names.ts";
import { type Node, parseFragment } from "../../sql/parser.ts";
import { canonicalType } from "../../sql/type-name.ts";

/** What callers of a routine see, and what CREATE OR REPLACE must leave as it is. */
interface Signature {
  readonly returns: string;
  readonly inputs: readonly { readonly name: string; readonly mode: string; readonly fallback: boolean }[];
  readonly outputs: readonly string[];
  readonly definer: boolean;
}

const typeText = (type: Node): string => canonicalType(type, { modifiers: false });

/** Types of the input arguments of a CREATE statement, as they identify the routine. */
export function inputTypes(node: Node): string[] {
  return parametersOf(node)
    .filter((parameter) => isInput(parameter.mode))
    .map((parameter) => typeText(parameter.argType));
}

function parametersOf(node: Node): Node[] {
  const items = node.CreateFunctionStmt
    ? (node.CreateFunctionStmt.parameters ?? [])
    : (node.DefineStmt?.args?.[0]?.List?.items ?? []);
  return items.map((item: Node) => item.FunctionParameter);
}

const isInput = (mode: string): boolean => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE";
const isOutput = (mode: string): boolean => !["FUNC_PARAM_IN", "FUNC_PARAM_DEFAULT", "FUNC_PARAM_VARIADIC"].includes(mode);

function signature(sql: string, result?: string): Signature {
  const node = parseFragment("statement", sql);
  const parameters = parametersOf(node);
  const outputs = parameters.filter((parameter) => isOutput(parameter.mode));
  return {
    returns: node.DefineStmt ? aggregateResult(node.DefineStmt, result) : returnsOf(node.CreateFunctionStmt, outputs),
    inputs: parameters
      .filter((parameter) => isInput(parameter.mode))
      .map((parameter) => ({
        name: parameter.name ?? "",
        mode: parameter.mode === "FUNC_PARAM_DEFAULT" ? "FUNC_PARAM_IN" : parameter.mode,
        fallback: parameter.defexpr !== undefined,
      })),
    outputs: outputs.map((parameter) => `${parameter.name ?? ""} ${typeText(parameter.argType)}`),
    definer: (node.CreateFunctionStmt?.options ?? []).some(
      ({ DefElem: option }: Node) => option.defname === "security" && option.arg?.Boolean?.boolval === true,
    ),
  };
}

function returnsOf(body: Node, outputs: readonly Node[]): string {
  if (body.is_procedure) return "";
  if (body.returnType) return `${body.returnType.setof ? "SETOF " : ""}${typeText(body.returnType)}`;
  // RETURNS may be left out beside OUT parameters.
  const [first] = outputs;
  return outputs.length === 1 ? typeText(first.argType) : "record";
}

/** What an aggregate returns follows from its state and its final function, where nobody can tell; its kind is part of it too. */
function aggregateResult(body: Node, result: string | undefined): string {
  const decisive = result === undefined ? ["stype", "finalfunc", "finalfunc_extra", "hypothetical"] : ["hypothetical"];
  const direct = `direct ${JSON.stringify(body.args?.[1]?.Integer ?? null)}`;
  const parts = decisive.map((name) => {
    const option = (body.definition ?? []).find(({ DefElem: item }: Node) => item.defname === name)?.DefElem;
    return option ? `${name} ${namesOf(option.arg?.TypeName?.names).join(".")}` : "";
  });
  return [...(result === undefined ? [] : [result]), ...parts.filter((part) => part !== ""), direct].join(", ");
}

/**
 * Why CREATE OR REPLACE cannot lead from one definition to the other (42P13); null when it can. In: CREATE statements; of
 * aggregates what both return, where that is known.
 */
export function replaceReason(
  live: string,
  desired: string,
  results: readonly [live: string, desired: string] | null = null,
): string | null {
  const old = signature(live, results?.[0]);
  const next = signature(desired, results?.[1]);
  if (old.returns !== next.returns) return `what it returns changes from ${old.returns} to ${next.returns}`;
  if (old.outputs.join() !== next.outputs.join()) return "its output parameters change";
  for (const [index, before] of old.inputs.entries()) {
    const after = next.inputs[index];
    if (!after) return "its parameters change";
    if (before.name !== "" && before.name !== after.name) return `parameter ${before.name} changes its name`;
    if (before.mode !== after.mode) return `parameter ${before.name || index + 1} changes its mode`;
    if (before.fallback && !after.fallback) return `parameter ${before.name || index + 1} loses its default`;
  }
  return null;
}

/** Whether a routine runs with its owner's rights. In: its CREATE statement. */
export function isDefiner(sql: string): boolean {
  return signature(sql).definer;
}
