/** What `islet nodes` makes of its arguments: names, Node objects and words. Pure. */
import { type NodeSteer, nodeSteeringProblems, STEERING_PREFIX } from '../../kube/kinds/core/simulated-annotations.ts';
import type { Node, Taint } from '../../kube/types.ts';
import { freeSimulatedNames, isSimulated, SIMULATED, simulatedIndex, simulatedRange } from '../../wire/nodes.ts';
import { fail } from './user-error.ts';

/** `null`: it is taken away. */
export interface NodeChange {
  labels: Record<string, string | null>;
  taints: { taint: Partial<Taint> & { key: string }; remove: boolean }[];
  steering: { [name in NodeSteer]?: string | null };
}

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';
const KUBELET_LABEL = /^(beta\.)?kubernetes\.io\/(arch|os|hostname)$/;
const PRESSURES = ['memory-pressure', 'disk-pressure', 'pid-pressure'] as const;
const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** The options of `add` and `set`. Flags are undefined where they are left out. */
export interface NodeOptions {
  zone?: string;
  region?: string;
  label: string[];
  taint: string[];
  capacity?: string;
  allocatable?: string;
  images?: string;
  memoryPressure?: boolean;
  diskPressure?: boolean;
  pidPressure?: boolean;
  ready?: boolean;
  unreachable?: boolean;
}

export function changeOf(options: NodeOptions): NodeChange {
  const { zone, region, ready } = options;
  const flag = (value: boolean | undefined) => (value === undefined ? undefined : value ? 'true' : null);
  const text = (value: string | undefined) => (value === 'none' ? null : value);
  const steering: NodeChange['steering'] = {
    capacity: text(options.capacity),
    allocatable: text(options.allocatable),
    images: text(options.images),
    'memory-pressure': flag(options.memoryPressure),
    'disk-pressure': flag(options.diskPressure),
    'pid-pressure': flag(options.pidPressure),
    ready: ready === undefined ? undefined : ready ? null : 'false',
    unreachable: flag(options.unreachable),
  };
  const given = Object.entries(steering).filter(([, value]) => value !== undefined);
  const said = given.flatMap(([name, value]) =>
    typeof value === 'string' ? [[STEERING_PREFIX + name, value] as const] : [],
  );
  for (const [key, why] of nodeSteeringProblems(Object.fromEntries(said)))
    fail(`--${key.slice(STEERING_PREFIX.length)} ${why}`);
  return {
    labels: {
      ...(zone === undefined ? {} : { [ZONE]: text(zone) ?? null }),
      ...(region === undefined ? {} : { [REGION]: text(region) ?? null }),
      ...Object.fromEntries(options.label.map(labelOf)),
    },
    taints: options.taint.map(taintOf),
    steering: Object.fromEntries(given),
  };
}

export function isEmpty({ labels, taints, steering }: NodeChange): boolean {
  return Object.keys(labels).length + taints.length + Object.keys(steering).length === 0;
}

/** As kubectl: `KEY=VALUE`, or `KEY-` to take it away. */
function labelOf(text: string): [string, string | null] {
  const [, removed] = /^([^=]+)-$/.exec(text) ?? [];
  if (removed !== undefined) return [removed, null];
  const at = text.indexOf('=');
  if (at < 1) fail(`--label ${text}: expected KEY=VALUE, or KEY- to take it away`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** As kubectl: `KEY[=VALUE]:EFFECT`, or `KEY[:EFFECT]-` to take it away. */
function taintOf(text: string): NodeChange['taints'][number] {
  const remove = text.endsWith('-');
  const [name = '', effect, ...more] = (remove ? text.slice(0, -1) : text).split(':');
  const [key = '', value, ...rest] = name.split('=');
  const isWhole = key !== '' && more.length + rest.length === 0;
  if (!isWhole || (effect === undefined ? !remove || value !== undefined : !EFFECTS.includes(effect))) {
    fail(
      `--taint ${text}: expected KEY[=VALUE]:EFFECT, or KEY[:EFFECT]- to take it away; EFFECT is ${EFFECTS.join(', ')}`,
    );
  }
  return { taint: { key, ...(value ? { value } : {}), ...(effect ? { effect } : {}) }, remove };
}

/** The lowest names that no node has. */
export function freeNames(nodes: readonly Node[], count: number): string[] {
  const names = freeSimulatedNames(nodes, count);
  if (names.length < count) fail(`only ${names.length} more simulated nodes can be made`);
  return names;
}

/** A node that is to be made. `nodes` are those that are there. */
export function newNode(name: string, change: NodeChange, nodes: readonly Node[]): Node {
  return changed(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { [SIMULATED]: 'true' } },
      spec: simulatedRange(name, nodes),
    },
    change,
  );
}

export function changed(node: Node, { labels, taints, steering }: NodeChange): Node {
  const annotations = Object.fromEntries(
    Object.entries(steering).map(([name, text]) => [STEERING_PREFIX + name, text]),
  );
  let kept = node.spec?.taints ?? [];
  for (const { taint, remove } of taints) {
    kept = kept.filter(
      (each) => each.key !== taint.key || (taint.effect !== undefined && each.effect !== taint.effect),
    );
    if (!remove) kept = [...kept, taint as Taint];
  }
  return {
    ...node,
    metadata: {
      ...node.metadata,
      labels: merged(node.metadata.labels, labels),
      annotations: merged(node.metadata.annotations, annotations),
    },
    spec: { ...node.spec, ...(taints.length > 0 ? { taints: kept } : {}) },
  };
}

function merged(before: Record<string, string> = {}, change: Record<string, string | null | undefined>) {
  const after: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(change)) {
    if (value === null || value === undefined) delete after[key];
    else after[key] = value;
  }
  return after;
}

/** `sim-3 to sim-12`, or the names, the first eight of many. */
export function namesText(names: readonly string[]): string {
  const indexes = names.map((name) => simulatedIndex(name) ?? Number.NaN);
  const [first = 0] = indexes;
  if (names.length > 2 && indexes.every((index, at) => index === first + at)) return `${names[0]} to ${names.at(-1)}`;
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

const pressureText = (name: string): string => name.replace('-', ' ').replace('pid', 'PID');

/** What follows from a change, and the next command. `all` are the cluster's nodes as they are now. */
export function consequence({ steering }: NodeChange, names: readonly string[], all: readonly Node[]): string[] {
  const who = namesText(names);
  const nodes = names.length === 1 ? names[0] : '…';
  const lines: string[] = [];
  if (steering.unreachable === 'true') {
    lines.push(
      `${who}: silent from now on; NotReady in 50 seconds, and the pods are evicted 5 minutes later`,
      `\`kubectl get nodes -w\` shows it; \`islet nodes set ${nodes} --no-unreachable\` ends it`,
    );
  }
  if (steering.ready === 'false') {
    lines.push(
      `${who}: NotReady now, and the pods are evicted in 5 minutes`,
      `\`kubectl get nodes -w\` shows it; \`islet nodes set ${nodes} --ready\` ends it`,
    );
  }
  for (const name of PRESSURES) {
    if (steering[name] !== 'true') continue;
    lines.push(
      `${who}: under ${pressureText(name)}: new pods are kept off, and one that is there is evicted every 10 seconds`,
      `\`kubectl describe node ${names[0]}\` shows it; \`islet nodes set ${nodes} --no-${name}\` ends it`,
    );
  }
  const simulated = all.filter(isSimulated);
  const isDown = ({ metadata: { annotations = {} } }: Node) =>
    annotations[`${STEERING_PREFIX}unreachable`] === 'true' || annotations[`${STEERING_PREFIX}ready`] === 'false';
  if (lines.length > 0 && simulated.length > 0 && simulated.every(isDown)) {
    lines.push('note: all simulated nodes are down now, and then no pod is evicted, as upstream: leave one ready');
  }
  if (lines.length === 0) lines.push(...ended(steering, who, names));
  return lines.length > 0 ? lines : [`${who}: changed; \`kubectl describe node ${names[0]}\` shows it`];
}

/** A line that names the states which these nodes have no more, and how to see it. */
function ended(steering: NodeChange['steering'], who: string, names: readonly string[]): string[] {
  const over = [
    ...(steering.unreachable === null ? ['heard from again'] : []),
    ...(steering.ready === null ? ['ready by its own word again'] : []),
    ...PRESSURES.filter((name) => steering[name] === null).map((name) => `no longer under ${pressureText(name)}`),
  ];
  if (over.length === 0) return [];
  const command = over.some((text) => text.includes('pressure')) ? `describe node ${names[0]}` : 'get nodes';
  return [`${who}: ${over.join(', ')}: pods are let in again; \`kubectl ${command}\` shows it`];
}

/** Its annotations, as options of `set`. */
export function steeringText({ metadata: { annotations = {} } }: Node): string {
  const own = Object.entries(annotations).filter(([key]) => key.startsWith(STEERING_PREFIX));
  return own.map(([key, text]) => `${key.slice(STEERING_PREFIX.length)}=${text}`).join(' ');
}

/** `dedicated=db:NoSchedule`, as `--taint` takes them. */
export function taintsText({ spec }: Node): string {
  return (spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`).join(' ');
}

/** Without those that each kubelet gives its node, and its zone, which has a column of its own. */
export function labelsText({ metadata: { labels = {} } }: Node): string {
  const own = Object.entries(labels).filter(([key]) => !KUBELET_LABEL.test(key) && key !== SIMULATED && key !== ZONE);
  return own.map(([key, value]) => (value ? `${key}=${value}` : key)).join(' ');
}
