/**
 * Why a pod is where it is, or nowhere: the scheduler's last decision about it, as served at
 * `GET /clusters/{id}/islet/v1/why?namespace=default&name=web-0`.
 */
import { adviceFor, type Refusal } from '../kube/scheduling/advice.ts';

export interface Why {
  namespace: string;
  name: string;
  /**
   * `gated`: by its scheduling gates. `foreign`: it is another scheduler's. `off`: the cluster has no scheduler of its own.
   * `held`: a plugin keeps it from being decided on. `unplaced`: it has no node yet.
   */
  state: 'bound' | 'gated' | 'foreign' | 'off' | 'held' | 'unplaced';
  node?: string;
  /** The node was named when the pod was made: the scheduler was not asked. */
  named?: true;
  /** There is no such node. */
  missing?: true;
  /** The reason, from the status of a pod that has its node, why it does not run or is not ready. */
  trouble?: string;
  /** Of a pod that is held. */
  refusal?: Refusal;
  gates?: readonly string[];
  schedulerName?: string;
  /** Absent where none is kept: the last few hundred are, and of those before the last sleep as many as fit into 256 KB. */
  decision?: SchedulingDecision;
  /** Of the condition PodScheduled, where the pod was decided on and the decision is no longer kept. */
  message?: string;
}

export interface SchedulingDecision {
  /** Milliseconds since the epoch. */
  at: number;
  outcome: 'scheduled' | 'unschedulable' | 'failed';
  node?: string;
  /** Of the event FailedScheduling. */
  message?: string;
  /** How many nodes there were; `verdicts` has a hundred of them at most. */
  nodes: number;
  /** How many of those that were looked at passed all filters. */
  passed: number;
  /** Room was made for the pod on this node before, and no other was looked at. */
  nominated?: boolean;
  /** The pod as a whole was refused, and no node was looked at. */
  refusal?: Refusal;
  verdicts: readonly NodeVerdict[];
  /** The plugins that scored, with their weights. */
  weights: Readonly<Record<string, number>>;
  /** The nodes that each of them gives a high score, in words. */
  preferences: Readonly<Record<string, string>>;
}

/** `filter` is the plugin whose filter it failed, with its reasons. */
export interface NodeVerdict extends Refusal {
  node: string;
  /** By plugin, 0 to 100, before weights. Absent where only one node was left: it is not scored. */
  scores?: Readonly<Record<string, number>>;
  /** Weighted. */
  total?: number;
}

const FORGOTTEN = 'The decision is no longer kept: of the last few hundred, those that fit into 256 KB are.';

/** The story for a terminal. `now` in milliseconds since the epoch. */
export function formatWhy(why: Why, now: number): string {
  return `${[...whyHeadline(why, now), ...details(why)].join('\n')}\n`;
}

/** Where the pod is and why; the next step behind it, where no node's verdict says it. `now` in milliseconds since the epoch. */
export function whyHeadline(why: Why, now: number): string[] {
  const { namespace, name, trouble } = why;
  const next = `kubectl describe pod ${name} -n ${namespace} shows its events.`;
  return [...placement(why, now), ...(trouble ? [`${trouble}. ${next}`] : [])];
}

function placement(
  { namespace, name, state, node, named, missing, gates = [], schedulerName, decision, refusal, message }: Why,
  now: number,
): string[] {
  const pod = `pod ${namespace}/${name}`;
  const when = decision ? ` (decided ${ago(now - decision.at)})` : '';
  switch (state) {
    case 'gated':
      return [
        `${pod} waits at its scheduling gates: ${gates.join(', ')}`,
        'Whoever set them removes them from spec.schedulingGates; until then the scheduler does not look at it.',
      ];
    case 'foreign':
      return [
        `${pod} is left to the scheduler ${JSON.stringify(schedulerName)}, which is not Islet's`,
        'Start that scheduler, or make the pod anew without spec.schedulerName.',
      ];
    case 'off':
      return [`${pod} waits for a scheduler of yours: this cluster was created without one`];
    case 'held':
      return [
        `${pod} is kept from the scheduler's queue by ${refusal?.filter}: ${refusal?.reasons?.join(', ')}`,
        'It is tried as soon as that has changed.',
      ];
    case 'bound':
      if (missing)
        return [
          `${pod} is on ${node}, which is not there`,
          'Pods of a node that is gone are deleted after 40 s. A new pod without spec.nodeName gets a node that is there.',
        ];
      if (named)
        return [`${pod} is on ${node}: spec.nodeName said so when it was made, so the scheduler was not asked`];
      if (!decision) return [`${pod} is on ${node}`, FORGOTTEN];
      return [`${pod} is on ${node}: ${chosenBecause(decision)}${when}`];
    case 'unplaced':
      if (!decision && message) return [`${pod} has no node`, message, FORGOTTEN];
      if (!decision) return [`${pod} waits for its turn: the scheduler has not decided yet`, 'Ask again in a moment.'];
      return [`${pod} has no node${when}`, decision.message ?? ''];
  }
}

function chosenBecause({ nodes, passed: count, nominated, verdicts }: SchedulingDecision): string {
  const feasible = verdicts.filter(({ filter }) => filter === undefined);
  if (nominated) return 'it was kept for this node, where room or a volume was made for it, so no other was looked at';
  if (nodes === 1) return 'it is the only node';
  if (count === 1) return `of ${nodes} nodes it is the only one that passed all filters`;
  const best = Math.max(...feasible.map(({ total = 0 }) => total));
  const equal = feasible.filter(({ total }) => total === best).length;
  const passed = `${count} of ${nodes} nodes passed all filters`;
  return equal > 1
    ? `${passed}, ${equal} share the highest score, and one of those is taken by chance`
    : `${passed}, and it had the highest score`;
}

function details(why: Why): string[] {
  return [...(why.decision ? nodesOf(why.decision) : []), ...advised(why)];
}

function advised(why: Why): string[] {
  const advice = adviceOn(why);
  return advice.length > 0 ? ['', 'What helps:', ...advice.map((text) => `  - ${text}`)] : [];
}

function nodesOf(decision: SchedulingDecision): string[] {
  const { verdicts, nodes, weights, preferences, node: chosen } = decision;
  const scored = verdicts.filter(({ scores }) => scores !== undefined);
  const refused = verdicts.filter(({ filter }) => filter !== undefined);
  const lines: string[] = [];
  if (scored.length > 0) {
    const plugins = Object.keys(weights);
    const header = [
      'NODE',
      'TOTAL',
      ...plugins.map((name) => `${name}${weights[name] === 1 ? '' : ` ×${weights[name]}`}`),
    ];
    const rows = scored
      .toSorted((a, b) => (b.total ?? 0) - (a.total ?? 0))
      .map(({ node, total, scores }) => [
        node === chosen ? `${node} *` : node,
        String(total),
        ...plugins.map((name) => String(scores?.[name] ?? '')),
      ]);
    lines.push('', ...table([header, ...rows]));
    lines.push('', 'Scores go from 0 to 100; a plugin counts as often as it says.');
    lines.push(...plugins.map((name) => `  ${name}: ${preferences[name]}`));
  }
  if (refused.length > 0) {
    const rows = refused.map(({ node, filter = '', ...refusal }) => [node, reasonText(refusal), filter]);
    lines.push('', ...table([['NODE', 'WHY NOT', 'FILTER'], ...rows]));
  }
  const left = nodes - verdicts.length;
  if (verdicts.length > 0 && left > 0 && !decision.nominated) lines.push(`(and ${left} more nodes)`);
  return lines;
}

const NO_NODES =
  'The cluster has no node: npx islet nodes add 1 adds a simulated one, and npx islet join makes a machine one.';

const FAILED =
  'Something went wrong that the nodes are not to blame for, and the pod is tried again by itself in a few seconds. An address in the message is an extender’s (ConfigMap kube-scheduler of kube-system): start it, take it out there, or say ignorable: true.';

/** The steps that help a pod which has found no node. */
export function adviceOn({ state, decision, refusal }: Why): string[] {
  if (state === 'held') return adviceFor(refusal ? [refusal] : []);
  if (!decision || decision.node !== undefined) return [];
  if (decision.outcome === 'failed') return [FAILED];
  if (decision.nodes === 0) return [NO_NODES];
  return adviceFor(decision.refusal ? [decision.refusal] : decision.verdicts);
}

/** `Insufficient cpu (asks for 40, 31.9 of 32 are free), Too many pods (110 of 110 are there)` */
export function reasonText({ reasons = [], details = [] }: Refusal): string {
  return reasons.map((reason, at) => (details[at] ? `${reason} (${details[at]})` : reason)).join(', ');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length)))
      .join('   ')
      .trimEnd(),
  );
}

/** `3 s ago`, `5 min ago` */
function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}
