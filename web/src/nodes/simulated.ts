/** Simulated nodes on the page: names, Node objects, and patches that steer them (docs/simulated.md). */
import { nodeSteeringProblems, STEERING_PREFIX } from '../../../kube/kinds/core/simulated-annotations.ts';
import type { Node, Taint } from '../../../kube/types.ts';
import { SIMULATED, simulatedRange } from '../../../wire/nodes.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** The conditions that a simulated node can be put under, and the values of their annotations. */
const STRESSES = {
  unreachable: 'true',
  ready: 'false',
  'memory-pressure': 'true',
  'disk-pressure': 'true',
  'pid-pressure': 'true',
} as const;

export type Stress = keyof typeof STRESSES;
export const stresses = Object.keys(STRESSES) as Stress[];

export interface Shape {
  zone: string;
  /** `cpu=4,memory=8Gi`; empty for the usual. */
  capacity: string;
  /** `dedicated=db:NoSchedule`; empty for none. */
  taint: string;
}

/** Why a capacity cannot be followed. */
export function capacityProblem(capacity: string): string | undefined {
  if (capacity.trim() === '') return undefined;
  return nodeSteeringProblems({ [`${STEERING_PREFIX}capacity`]: capacity.trim() })[0]?.[1];
}

/** `KEY[=VALUE]:EFFECT`, as kubectl takes it; undefined for another text. */
export function taintOf(text: string): Taint | undefined {
  const [, key, value, effect] =
    /^([^=:\s]+)(?:=([^=:\s]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? [];
  return key && effect ? ({ key, ...(value ? { value } : {}), effect } as Taint) : undefined;
}

/** A node that is to be made. `nodes` are those that are there. */
export function newNode(name: string, { zone, capacity, taint }: Shape, nodes: readonly Node[]): Node {
  const parsed = taintOf(taint.trim());
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { [SIMULATED]: 'true', ...(zone.trim() ? { [ZONE]: zone.trim() } : {}) },
      ...(capacity.trim() ? { annotations: { [`${STEERING_PREFIX}capacity`]: capacity.trim() } } : {}),
    },
    spec: {
      ...simulatedRange(name, nodes),
      ...(parsed ? { taints: [parsed] } : {}),
    },
  };
}

export function stressesOf({ metadata: { annotations = {} } }: Node): Stress[] {
  return stresses.filter((name) => annotations[STEERING_PREFIX + name] === STRESSES[name]);
}

/** A merge patch that leaves the node under this alone; under nothing where it is undefined. */
export function stressPatch(stress: Stress | undefined): object {
  const annotations = stresses.map((name) => [STEERING_PREFIX + name, name === stress ? STRESSES[name] : null]);
  return { metadata: { annotations: Object.fromEntries(annotations) } };
}

/** The rest of a line of `islet` that does the same as the form. */
export function addLine(count: number, { zone, capacity, taint }: Shape, cluster: string): string {
  const options = [
    ['zone', zone],
    ['capacity', capacity],
    ['taint', taint],
    ['cluster', cluster],
  ].filter(([, value]) => value?.trim());
  return ['nodes add', count, ...options.map(([name, value]) => `--${name} ${quoted(value?.trim() ?? '')}`)].join(' ');
}

function quoted(text: string): string {
  return /^[\w=.,:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
