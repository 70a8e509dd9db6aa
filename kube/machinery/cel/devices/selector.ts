/** Expressions that choose devices (`k8s.io/dynamic-resource-allocation/cel/compile.go`, with the gates of 1.36). */
import type { Environment } from '../check/names.ts';
import { BOOL, mapOf, STRING, structType, type Type, typeText } from '../check/type.ts';
import { ANY } from '../check/well-known.ts';
import { checkExpression, type Program, program } from '../compile.ts';
import { estimateCost, type SizeOf } from '../cost/estimate.ts';
import { PlanError } from '../eval/plan.ts';
import { FUNCTIONS } from '../library/index.ts';

const DEVICE = 'kubernetes.DRADevice';
/** `CELSelectorExpressionMaxCost` */
export const MAX_COST = 1_000_000;

/** An attribute is a text, a number, a version or a truth: no declaration says which. */
const byDomain = (value: Type): Type => mapOf(STRING, mapOf(STRING, value));

const FIELDS: ReadonlyMap<string, Type> = new Map([
  ['driver', STRING],
  ['attributes', byDomain(ANY)],
  ['capacity', byDomain(structType('kubernetes.Quantity'))],
  ['allowMultipleAllocations', BOOL],
]);

const ENVIRONMENT: Environment = {
  functions: FUNCTIONS,
  variables: new Map([['device', structType(DEVICE)]]),
  fieldsOf: (type) => (type === DEVICE ? FIELDS : undefined),
  binds: true,
};

interface Node {
  max: number;
  key?: Node;
  /** Of each entry. */
  element?: Node;
  fields?: Readonly<Record<string, Node>>;
}

/** Bounds of `k8s.io/api/resource/v1`. */
const MAX_ENTRIES = 32;
const [DOMAIN, ID, DRIVER]: readonly Node[] = [{ max: 63 }, { max: 32 }, { max: 63 }];
const ATTRIBUTE: Node = { max: 64 };
const bounded = (element: Node): Node => ({
  max: MAX_ENTRIES,
  key: DOMAIN as Node,
  element: { max: MAX_ENTRIES, key: ID as Node, element },
});
const ROOT: Node = {
  max: 0,
  fields: {
    driver: DRIVER as Node,
    attributes: bounded(ATTRIBUTE),
    capacity: bounded({ max: 0 }),
    allowMultipleAllocations: { max: 1 },
  },
};

const sizeOf: SizeOf = ([root, ...steps]) => {
  if (root !== 'device') return undefined;
  let node: Node | undefined = ROOT;
  for (const step of steps) {
    if (step === '@items' || step === '@values') node = node.element;
    else if (step === '@keys') node = node.key;
    else if (node.fields && Object.hasOwn(node.fields, step)) node = node.fields[step];
    // Attributes are all of one size, whatever they are called.
    else node = node.element === ATTRIBUTE ? ATTRIBUTE : undefined;
    if (!node) return undefined;
  }
  return { min: 0, max: node.max };
};

export type CompiledSelector = { error: string } | { error?: undefined; program: Program; maxCost: number };

/** `error` in upstream's words. */
export function compileSelector(expression: string): CompiledSelector {
  const checked = checkExpression(expression, ENVIRONMENT);
  if ('issues' in checked) return { error: `compilation failed: ${checked.issues}` };
  const { kind, wrapper } = checked.type;
  if ((kind !== 'bool' || wrapper) && kind !== 'any') {
    return { error: `must evaluate to bool or the unknown type, not ${typeText(checked.type)}` };
  }
  try {
    return { program: program(checked, ENVIRONMENT), maxCost: estimateCost(checked.expr, sizeOf).max };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { error: `program instantiation failed: ${error.message}` };
  }
}

/** Whether an expression may choose devices; `error` as of {@link compileSelector}. */
export function compileDeviceSelector(expression: string): { error?: string; isTooComplex: boolean } {
  const compiled = compileSelector(expression);
  if (compiled.error !== undefined) return { error: compiled.error, isTooComplex: false };
  return { isTooComplex: compiled.maxCost > MAX_COST };
}
