/** Whether a step of a lesson is done: CEL expressions over the cluster's objects, as admission policies have them. */
import type { Environment } from '../../../kube/machinery/cel/check/names.ts';
import { DYN, typeText } from '../../../kube/machinery/cel/check/type.ts';
import { checkExpression, type Program, program } from '../../../kube/machinery/cel/compile.ts';
import { FUNCTIONS } from '../../../kube/machinery/cel/library/index.ts';
import { plainValue } from '../../../kube/machinery/cel/values/data.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Check } from './lesson.ts';

/** As for one expression of a policy (apiserver `pkg/apis/cel/config.go`, PerCallLimit). */
const COST_LIMIT = 1_000_000;

const environment: Environment = {
  functions: FUNCTIONS,
  variables: new Map([
    ['object', DYN],
    ['objects', DYN],
  ]),
  fieldsOf: () => undefined,
};

const programs = new Map<string, Program>();

/** The reason why an expression is none; undefined for a good one. */
export function problemOf(expression: string): string | undefined {
  const checked = checkExpression(expression, environment);
  if ('issues' in checked) return checked.issues;
  const { type } = checked;
  const text = typeText(type);
  return text === 'bool' || text === 'dyn' ? undefined : `must evaluate to bool but got ${text}`;
}

/** `objects`: those that the check asks for. What cannot be evaluated yet, as a field that is not there, is not done. */
export function isDone({ name, is }: Check, objects: readonly KubeObject[]): boolean {
  const data = {
    object: name === undefined ? null : (objects[0] ?? null),
    objects: [...objects],
  } as Record<string, Parameters<typeof plainValue>[0]>;
  const { value } = compiled(is).evaluate((variable) => {
    const given = data[variable];
    return given === undefined ? undefined : plainValue(given);
  }, COST_LIMIT);
  return value === true;
}

/** Throws for an expression that {@link problemOf} refuses. */
function compiled(expression: string): Program {
  const known = programs.get(expression);
  if (known) return known;
  const checked = checkExpression(expression, environment);
  if ('issues' in checked) throw new Error(checked.issues);
  const made = program(checked, environment);
  programs.set(expression, made);
  return made;
}
