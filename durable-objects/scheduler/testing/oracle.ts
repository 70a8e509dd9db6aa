/**
 * Whether a pod fits on a node, said once more without the scheduler's plugins, as directly as the documentation says it:
 * for tests on generated input. Quantities are `100m` and `64Mi`; selectors are `matchLabels`.
 */
import type { Node, Pod, PodSpec } from '../../../kube/types.ts';

export interface World {
  nodes: readonly Node[];
  /** Those on nodes. */
  pods: readonly Pod[];
}

type Texts = Record<string, string | number>;
type Labels = Record<string, string>;
type Term = { labelSelector?: { matchLabels?: Labels }; topologyKey: string; namespaces?: string[] };
type Container = PodSpec['containers'][number];

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const nodeOf = ({ spec }: Pod): string => spec?.nodeName ?? '';
const labelsOf = ({ metadata }: Node | Pod): Labels => metadata.labels ?? {};

/** The reason why the pod does not fit, in a word. */
export function misfit(pod: Pod, node: Node, { nodes, pods }: World): string | undefined {
  const others = pods.filter((one) => one.metadata.uid !== pod.metadata.uid);
  const here = others.filter((one) => nodeOf(one) === node.metadata.name);
  const place = (name: string) => nodes.find(({ metadata }) => metadata.name === name);
  if (!isAdmitted(pod, node)) return 'taints';
  if (!isSelected(pod, node)) return 'node affinity';
  if (here.some((other) => sharesPort(pod, other))) return 'ports';
  const full = lacking(pod, here, node);
  if (full) return full;
  const isNear = (key: string, other: Pod): boolean => {
    const value = labelsOf(node)[key];
    const there = place(nodeOf(other));
    return value !== undefined && there !== undefined && labelsOf(there)[key] === value;
  };
  if (
    terms(pod, 'podAntiAffinity').some((term) =>
      others.some((o) => concerns(term, pod, o) && isNear(term.topologyKey, o)),
    )
  )
    return 'anti-affinity';
  if (
    others.some((o) =>
      terms(o, 'podAntiAffinity').some((term) => concerns(term, o, pod) && isNear(term.topologyKey, o)),
    )
  )
    return 'anti-affinity of another';
  const wanted = terms(pod, 'podAffinity');
  if (wanted.some(({ topologyKey }) => labelsOf(node)[topologyKey] === undefined)) return 'affinity';
  const satisfiesAll = (o: Pod): boolean => wanted.every((term) => concerns(term, pod, o));
  const satisfied = wanted.every(({ topologyKey }) => others.some((o) => satisfiesAll(o) && isNear(topologyKey, o)));
  const hasKeys = (o: Pod) =>
    wanted.some(({ topologyKey }) => labelsOf(place(nodeOf(o)) ?? node)[topologyKey] !== undefined);
  const isFirst = !others.some((o) => satisfiesAll(o) && hasKeys(o)) && satisfiesAll(pod);
  if (!satisfied && !isFirst) return 'affinity';
  return isSpread(pod, node, nodes, others) ? undefined : 'spread';
}

function isAdmitted({ spec }: Pod, node: Node): boolean {
  const cordoned = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', value: '' };
  const taints = [...(node.spec?.taints ?? []), ...(node.spec?.unschedulable ? [cordoned] : [])];
  return taints
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .every((taint) =>
      (spec?.tolerations ?? []).some(
        ({ key, operator, value, effect }) =>
          (!effect || effect === taint.effect) &&
          (key
            ? key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''))
            : operator === 'Exists'),
      ),
    );
}

function isSelected({ spec }: Pod, node: Node): boolean {
  const labels = labelsOf(node);
  const simple = Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const required = spec?.affinity?.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms;
  const holds = ({
    key,
    operator,
    values = [],
  }: {
    key: string;
    operator: string;
    values?: readonly string[];
  }): boolean => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  };
  return simple && (!required || required.some(({ matchExpressions = [] }) => matchExpressions.every(holds)));
}

function portsOf({ spec }: Pod): number[] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => hostPort ?? []));
}

function sharesPort(a: Pod, b: Pod): boolean {
  return portsOf(a).some((port) => portsOf(b).includes(port));
}

function amount(text: string | number | undefined): number {
  return Number.parseInt(String(text ?? 0), 10);
}

/** The sum of its containers, or the most that one of those asks for that come first. */
function asked({ spec }: Pod, resource: string): number {
  const of = ({ resources }: Container): number => amount((resources?.requests as Texts | undefined)?.[resource]);
  const sum = (spec?.containers ?? []).reduce((total, one) => total + of(one), 0);
  return Math.max(sum, ...(spec?.initContainers ?? []).map(of));
}

/** A pod lacks no resource that it does not ask for, also where others have more than there is. */
function lacking(pod: Pod, here: readonly Pod[], { status }: Node): string | undefined {
  const room = status?.allocatable as Texts;
  if (here.length + 1 > amount(room.pods)) return 'pods';
  return ['cpu', 'memory', 'example.com/gpu'].find((name) => {
    const wanted = asked(pod, name);
    return wanted > 0 && here.reduce((total, one) => total + asked(one, name), wanted) > amount(room[name]);
  });
}

function terms({ spec }: Pod, which: 'podAffinity' | 'podAntiAffinity'): readonly Term[] {
  return (spec?.affinity?.[which]?.[REQUIRED] ?? []) as unknown as Term[];
}

/** Whether a term of the pod `of` is about another one. */
function concerns({ labelSelector, namespaces }: Term, of: Pod, other: Pod): boolean {
  const where = namespaces ?? [of.metadata.namespace ?? ''];
  return where.includes(other.metadata.namespace ?? '') && matches(labelSelector?.matchLabels ?? {}, other);
}

function matches(wanted: Labels, pod: Pod): boolean {
  return Object.entries(wanted).every(([key, value]) => labelsOf(pod)[key] === value);
}

function isSpread(pod: Pod, node: Node, nodes: readonly Node[], others: readonly Pod[]): boolean {
  const constraints = (pod.spec?.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  const counted = nodes.filter(
    (one) => isSelected(pod, one) && constraints.every(({ topologyKey }) => labelsOf(one)[topologyKey] !== undefined),
  );
  return constraints.every(({ topologyKey, labelSelector, maxSkew, minDomains = 1 }) => {
    const own = labelsOf(node)[topologyKey];
    if (own === undefined) return false;
    const wanted = (labelSelector?.matchLabels ?? {}) as Labels;
    const inDomain = (value: string): number => {
      const names = counted.filter((one) => labelsOf(one)[topologyKey] === value).map(({ metadata }) => metadata.name);
      return others.filter(
        (o) => o.metadata.namespace === pod.metadata.namespace && matches(wanted, o) && names.includes(nodeOf(o)),
      ).length;
    };
    const domains = new Set(counted.map((one) => labelsOf(one)[topologyKey] ?? ''));
    const least = domains.size < minDomains ? 0 : Math.min(...[...domains].map(inDomain));
    return inDomain(own) + (matches(wanted, pod) ? 1 : 0) - least <= maxSkew;
  });
}
