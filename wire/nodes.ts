/** The range of all pods of a cluster: each node has a /24 of it. */
export const CLUSTER_CIDR = '10.244.0.0/16';

/** The label of simulated nodes, and the key of their taint. */
export const SIMULATED = 'islet.dev/simulated';
/** The annotation of a simulated node whose kubelet is silent. */
const UNREACHABLE = 'islet.dev/simulated-unreachable';
/** Simulated nodes are sim-0 to sim-2815: so many have ranges of their own for their pods. */
export const MAX_SIMULATED_INDEX = 2815;

interface Labelled {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
}

export function isSimulated({ metadata: { labels } }: Labelled): boolean {
  return labels?.[SIMULATED] === 'true';
}

export function isUnreachable({ metadata: { annotations } }: Labelled): boolean {
  return annotations?.[UNREACHABLE] === 'true';
}

const SIMULATED_TEXT = `"${SIMULATED}":"true"`;
const UNREACHABLE_TEXT = `"${UNREACHABLE}":"true"`;

/** A quick look, before any parsing, for a node that the cluster's own object is the kubelet of. */
export function isSimulatedText(text: string): boolean {
  return text.includes(SIMULATED_TEXT);
}

/** A quick look for a simulated node that is not told to be silent. */
export function isPresentText(text: string): boolean {
  return text.includes(SIMULATED_TEXT) && !text.includes(UNREACHABLE_TEXT);
}

export function simulatedName(index: number): string {
  return `sim-${index}`;
}

/** The number in `sim-7`; undefined for other names. */
export function simulatedIndex(name: string): number | undefined {
  const index = Number(/^sim-(0|[1-9]\d{0,3})$/.exec(name)?.[1] ?? Number.NaN);
  return index <= MAX_SIMULATED_INDEX ? index : undefined;
}

/** /24s from 10.245.0.0 on, behind the range that real nodes have: no two nodes ask for the same one. */
export function simulatedPodCIDR(index: number): string {
  return `10.${245 + (index >> 8)}.${index & 255}.0/24`;
}

interface Known {
  metadata: { name?: string };
  spec?: { podCIDR?: string };
}

/** The lowest names that no node has; fewer than `count` where there are no more. */
export function freeSimulatedNames(nodes: readonly Known[], count: number): string[] {
  const taken = new Set(nodes.map(({ metadata }) => metadata.name));
  const names: string[] = [];
  for (let index = 0; index <= MAX_SIMULATED_INDEX && names.length < count; index++) {
    if (!taken.has(simulatedName(index))) names.push(simulatedName(index));
  }
  return names;
}

/** The range of a new node in its spec; nothing where another of the nodes has it, so that the cluster gives one. */
export function simulatedRange(name: string, nodes: readonly Known[]): { podCIDR?: string; podCIDRs?: string[] } {
  const range = simulatedPodCIDR(simulatedIndex(name) ?? 0);
  return nodes.some(({ spec }) => spec?.podCIDR === range) ? {} : { podCIDR: range, podCIDRs: [range] };
}
