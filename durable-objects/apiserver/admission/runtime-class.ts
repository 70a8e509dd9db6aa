/**
 * The overhead and placement of a pod's RuntimeClass are added to it (upstream `plugin/pkg/admission/runtimeclass`).
 */
import { compareQuantities, parseQuantity } from '../../../kube/machinery/quantity.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { gaveEmpty } from '../../../kube/machinery/schema/empties.ts';
import type { Pod, PodSpec, RuntimeClass, Toleration } from '../../../kube/types.ts';
import { quote } from '../errors.ts';
import type { Attributes } from './attributes.ts';
import { changed } from './changed.ts';
import { type Plugin, refuse } from './plugin.ts';

type Amounts = Readonly<Record<string, string | number>>;

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

export const runtimeClass: Plugin = {
  name: 'RuntimeClass',
  resources: ['pods'],
  mutate(attributes) {
    const spec = newPod(attributes);
    const found = spec && classOf(attributes, spec);
    if (!spec || !found) return;
    const overhead = found.overhead?.podFixed as Amounts | undefined;
    if (overhead) {
      if (spec.overhead && !sameAmounts(spec.overhead as Amounts, overhead)) throw refuse(attributes, MISMATCH);
      spec.overhead = { ...overhead } as PodSpec['overhead'];
      changed(attributes, 'RuntimeClass', 'spec.overhead');
    }
    const { nodeSelector, tolerations } = found.scheduling ?? {};
    for (const [key, value] of Object.entries(nodeSelector ?? {})) {
      const own = spec.nodeSelector && Object.hasOwn(spec.nodeSelector, key) ? spec.nodeSelector[key] : undefined;
      if (own === undefined || own === value) continue;
      const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
      throw refuse(attributes, why);
    }
    if (nodeSelector) {
      spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
      changed(attributes, 'RuntimeClass', 'spec.nodeSelector');
    }
    if (tolerations?.length) {
      spec.tolerations = merge([...(spec.tolerations ?? []), ...tolerations]);
      changed(attributes, 'RuntimeClass', 'spec.tolerations');
    }
  },
  validate(attributes) {
    const spec = newPod(attributes);
    if (!spec || (!spec.overhead && !gaveEmpty(spec, 'overhead'))) return;
    const overhead = classOf(attributes, spec)?.overhead?.podFixed as Amounts | undefined;
    if (!overhead) {
      throw refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    }
    if (!sameAmounts((spec.overhead ?? {}) as Amounts, overhead)) throw refuse(attributes, MISMATCH);
  },
};

function newPod({ call, operation, subresource, object }: Attributes): PodSpec | undefined {
  if (call.kind.resource !== 'pods' || operation !== 'CREATE' || subresource !== '') return undefined;
  return (object as unknown as Pod).spec;
}

function classOf(attributes: Attributes, { runtimeClassName: name }: PodSpec): RuntimeClass | undefined {
  if (!name) return undefined;
  const stored = attributes.reader.get(keyOf('runtimeclasses.node.k8s.io', '', name));
  if (!stored) throw refuse(attributes, `pod rejected: RuntimeClass ${quote(name)} not found`);
  return JSON.parse(stored.text) as RuntimeClass;
}

/** Amounts are compared by value, not as they are written. */
function sameAmounts(a: Amounts, b: Amounts): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const [one, other] = [a[name], b[name]].map((text) => (text === undefined ? undefined : parseQuantity(text)));
    return one !== undefined && other !== undefined && compareQuantities(one, other) === 0;
  });
}

/** A toleration that another one covers is dropped (`MergeTolerations`). */
function merge(all: readonly Toleration[]): Toleration[] {
  // The longest of the tolerations that differ in their seconds alone stands for all, so that few are compared.
  const longest = new Map<string, number>();
  for (const [index, one] of all.entries()) {
    const name = print(one.key, one.effect, one);
    const best = longest.get(name);
    if (best === undefined || secondsOf(one) > secondsOf(all[best] as Toleration)) longest.set(name, index);
  }
  return all.filter((one, index) =>
    coveringKeys(one).every((name) => {
      const at = longest.get(name) ?? index;
      const other = all[at] as Toleration;
      return at === index || !covers(other, one) || (at > index && covers(one, other));
    }),
  );
}

const EXISTS: Toleration = { operator: 'Exists' };

/** The keys under which covering tolerations are looked up. */
function coveringKeys(one: Toleration): string[] {
  return ['', one.key].flatMap((key) =>
    ['', one.effect].flatMap((effect) => [print(key, effect, one), print(key, effect, EXISTS)]),
  );
}

function print(key: string | undefined, effect: string | undefined, { operator, value }: Toleration): string {
  return JSON.stringify([
    key ?? '',
    effect ?? '',
    ...(operator === 'Exists' ? [] : [operator ?? 'Equal', value ?? '']),
  ]);
}

/** The seconds count only with the effect NoExecute. */
function secondsOf({ effect, tolerationSeconds }: Toleration): number {
  return effect === 'NoExecute' ? (tolerationSeconds ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** `isSuperset` of upstream's `pkg/util/tolerations`. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (wide.key && wide.key !== narrow.key) return false;
  if (wide.effect && wide.effect !== narrow.effect) return false;
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds !== undefined) {
    if (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds) return false;
  }
  if (wide.operator === 'Exists') return true;
  return (
    (narrow.operator ?? 'Equal') === (wide.operator ?? 'Equal') &&
    wide.key === narrow.key &&
    (wide.value ?? '') === (narrow.value ?? '')
  );
}
