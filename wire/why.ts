/**
 * Why a pod is where it is, or nowhere: the scheduler's last decision about it, as served at
 * `GET /clusters/{id}/islet/v1/why?namespace=default&name=web-0`.
 */
import { fill, type Values } from '../kube/machinery/fill.ts';
import { type Trouble, troubleText } from '../kube/pod-lifecycle/trouble.ts';
import { troubleAdvice } from '../kube/pod-lifecycle/trouble-advice.ts';
import { TROUBLE_ADVICE } from '../kube/pod-lifecycle/trouble-words.ts';
import { adviceFor, detailText, type Refusal } from '../kube/scheduling/advice.ts';
import { HEADLINES, OTHER_ADVICE, PREFERENCES } from './why-words.ts';

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
  trouble?: Trouble;
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
  /** The nodes that each of them gives a high score, by names in `PREFERENCES` of `why-words.ts`. */
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

/** A sentence in codes; `{when}` in its text is filled where it was decided so long ago. */
export interface Headline {
  code: keyof typeof HEADLINES;
  values: Values;
  /** Milliseconds since the epoch. */
  decided?: number;
}

/** The story for a terminal. `now` in milliseconds since the epoch. */
export function formatWhy(why: Why, now: number): string {
  return `${[...whyHeadline(why, now), ...details(why)].join('\n')}\n`;
}

/**
 * Where the pod is and why, in English, and the next step behind it, where no node's verdict says it. `now` in
 * milliseconds since the epoch.
 */
export function whyHeadline(why: Why, now: number): string[] {
  const lines = headlinesOf(why).map(({ code, values, decided }) => {
    const when = decided === undefined ? '' : ` (decided ${ago(now - decided)})`;
    return fill(HEADLINES[code], { ...values, when });
  });
  const { namespace, name, trouble } = why;
  if (!trouble) return lines;
  const next = fill(TROUBLE_ADVICE[troubleAdvice(trouble)], { ...trouble, pod: name, namespace });
  return [...lines, `${troubleText(trouble)}.`, next];
}

export function headlinesOf(why: Why): Headline[] {
  const { namespace, name, state, node = '', decision, refusal } = why;
  const values = { pod: `${namespace}/${name}`, node };
  const say = (...codes: Headline['code'][]): Headline[] => codes.map((code) => ({ code, values }));
  const said = (code: Headline['code'], more: Values): Headline => ({ code, values: { ...values, ...more } });
  switch (state) {
    case 'gated':
      return [said('gated', { gates: why.gates?.join(', ') ?? '' }), ...say('gatedNext')];
    case 'foreign':
      return [said('foreign', { scheduler: JSON.stringify(why.schedulerName) }), ...say('foreignNext')];
    case 'off':
      return say('off');
    case 'held': {
      const reasons = refusal?.reasons?.join(', ') ?? '';
      return [said('held', { plugin: refusal?.filter ?? '', reasons }), ...say('heldNext')];
    }
    case 'bound':
      if (why.missing) return say('nodeMissing', 'nodeMissingNext');
      if (why.named) return say('named');
      if (!decision) return say('on', 'forgotten');
      return [{ ...chosenBecause(decision, values), decided: decision.at }];
    case 'unplaced':
      if (!decision && why.message)
        return [...say('unplaced'), said('said', { text: why.message }), ...say('forgotten')];
      if (!decision) return say('waits', 'waitsNext');
      return [
        { code: 'unplaced', values, decided: decision.at },
        ...(decision.message ? [said('said', { text: decision.message })] : []),
      ];
  }
}

function chosenBecause({ nodes, passed, nominated, verdicts }: SchedulingDecision, values: Values): Headline {
  if (nominated) return { code: 'onNominated', values };
  if (nodes === 1) return { code: 'onOnly', values };
  if (passed === 1) return { code: 'onOnlyPassed', values: { ...values, nodes } };
  const feasible = verdicts.filter(({ filter }) => filter === undefined);
  const best = Math.max(...feasible.map(({ total = 0 }) => total));
  const equal = feasible.filter(({ total }) => total === best).length;
  return { code: equal > 1 ? 'onChance' : 'onBest', values: { ...values, passed, nodes, equal } };
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
    lines.push(...plugins.map((name) => `  ${name}: ${preferenceText(preferences[name])}`));
  }
  if (refused.length > 0) {
    const rows = refused.map(({ node, filter = '', ...refusal }) => [node, reasonText(refusal), filter]);
    lines.push('', ...table([['NODE', 'WHY NOT', 'FILTER'], ...rows]));
  }
  const left = nodes - verdicts.length;
  if (verdicts.length > 0 && left > 0 && !decision.nominated) lines.push(`(and ${left} more nodes)`);
  return lines;
}

/** The steps that help a pod which has found no node, in English. */
export function adviceOn(why: Why): string[] {
  const advice = adviceCodes(why);
  return typeof advice === 'string' ? [OTHER_ADVICE[advice]] : adviceFor(advice);
}

/** The refusals that steps follow from, or a step of its own. */
export function adviceCodes({ state, decision, refusal }: Why): keyof typeof OTHER_ADVICE | readonly NodeRefusal[] {
  if (state === 'held') return refusal ? [refusal] : [];
  if (!decision || decision.node !== undefined) return [];
  if (decision.outcome === 'failed') return 'broken';
  if (decision.nodes === 0) return 'noNodes';
  return decision.refusal ? [decision.refusal] : decision.verdicts;
}

type NodeRefusal = Refusal & { node?: string };

/** In English; a text of before is shown as it is. */
function preferenceText(code = ''): string {
  return (PREFERENCES as Readonly<Record<string, string>>)[code] ?? code;
}

/** `Insufficient cpu (asks for 40, 31.9 of 32 are free), Too many pods (110 of 110 are there)` */
export function reasonText({ reasons = [], details = [] }: Refusal): string {
  return reasons.map((reason, at) => (details[at] ? `${reason} (${detailText(details[at])})` : reason)).join(', ');
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
