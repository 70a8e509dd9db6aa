/** Annotations of nodes that hold JSON, from before their fields were there (`ValidateNodeSpecificAnnotations`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { goValueName } from '../../machinery/schema/go-names.ts';
import { jsonSyntaxError } from '../../machinery/schema/json-syntax.ts';
import type { Node, Taint } from '../../types.ts';

const FIELD = 'metadata.annotations';
const TAINTS = 'scheduler.alpha.kubernetes.io/taints';
const AVOIDED = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

type Taints = (taints: readonly Taint[], field: string) => FieldError[];

/** `validateTaints`: the rules of the taints in a node's spec. */
export function validateNodeAnnotations({ metadata }: Node, validateTaints: Taints): FieldError[] {
  const { [TAINTS]: taints, [AVOIDED]: avoided } = metadata.annotations ?? {};
  return [
    ...(taints ? validateTaintsAnnotation(taints, validateTaints) : []),
    ...(avoided ? validateAvoided(avoided) : []),
  ];
}

function validateTaintsAnnotation(text: string, validateTaints: Taints): FieldError[] {
  const { value, error } = parse(text);
  if (error !== undefined) return [fieldError.invalid(FIELD, TAINTS, error)];
  if (value === null) return [];
  if (!Array.isArray(value)) return [fieldError.invalid(FIELD, TAINTS, mismatch(value, 'value of type []core.Taint'))];
  const taints: Taint[] = [];
  for (const item of value) {
    if (typeof item !== 'object' || Array.isArray(item)) {
      return [fieldError.invalid(FIELD, TAINTS, mismatch(item, 'value of type core.Taint'))];
    }
    const taint: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(item ?? {})) {
      const own = ['Key', 'Value', 'Effect'].find((each) => each.toLowerCase() === name.toLowerCase());
      if (own === undefined || inner === null) continue;
      if (typeof inner !== 'string') {
        const type = own === 'Effect' ? 'core.TaintEffect' : 'string';
        return [fieldError.invalid(FIELD, TAINTS, mismatch(inner, `struct field Taint.${own} of type ${type}`))];
      }
      taint[own.toLowerCase()] = inner;
    }
    taints.push(taint as unknown as Taint);
  }
  return validateTaints(taints, `${FIELD}.${TAINTS}`);
}

/** The annotation names the controllers whose pods a node would rather not have. */
function validateAvoided(text: string): FieldError[] {
  const at = `${FIELD}.AvoidPods`;
  const { value, error } = parse(text);
  if (error !== undefined) return [fieldError.invalid(at, AVOIDED, error)];
  if (typeof value !== 'object' || Array.isArray(value)) {
    return [fieldError.invalid(at, AVOIDED, mismatch(value, 'value of type v1.AvoidPods'))];
  }
  const entries = (value as { preferAvoidPods?: unknown } | null)?.preferAvoidPods ?? [];
  if (!Array.isArray(entries)) {
    const into = 'struct field AvoidPods.preferAvoidPods of type []v1.PreferAvoidPodsEntry';
    return [fieldError.invalid(at, AVOIDED, mismatch(entries, into))];
  }
  return entries.flatMap((entry, index) => {
    const field = `${FIELD}.${AVOIDED}[${index}].PodSignature`;
    const controller = entry?.podSignature?.podController;
    if (!controller) return [fieldError.required(field)];
    if (controller.controller === true) return [];
    return [fieldError.invalid(`${field}.PodController.Controller`, false, 'must point to a controller')];
  });
}

function parse(text: string): { value?: unknown; error?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (problem) {
    return { error: jsonSyntaxError(text) ?? (problem as Error).message };
  }
}

function mismatch(value: unknown, into: string): string {
  return `json: cannot unmarshal ${goValueName(value, false)} into Go ${into}`;
}
