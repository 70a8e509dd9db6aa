/** Bodies of requests to extenders, and what their answers say (`kube-scheduler/extender/v1`, whose fields Go reads in any case). */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { isObject } from '../../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Answer, Filtered, Preempted, Question } from './consultation.ts';
import type { Extender } from './extender.ts';

/** Stored objects by their keys. */
export type Lookup = (key: string) => { text: string } | undefined;

export interface BindingArguments {
  PodName: string;
  PodNamespace: string;
  PodUID: string;
  Node: string;
}

/** Without kind and version, as upstream's structs have none. */
function bare(text: string): { metadata: KubeObject['metadata']; [field: string]: unknown } {
  const { apiVersion: _, kind: __, ...rest } = parseExact<KubeObject>(text);
  return rest;
}

/** Upstream keeps pods without their managers. */
function barePod(text: string): object {
  const { metadata, ...rest } = bare(text);
  const { managedFields: _, ...kept } = metadata;
  return { metadata: kept, ...rest };
}

export function bodyOf(question: Question, pod: string, lookup: Lookup): string {
  const { nodeCacheCapable } = question.extender;
  const Pod = barePod(pod);
  if (question.verb !== 'preempt') {
    const { nodes } = question;
    if (nodeCacheCapable) return JSON.stringify({ Pod, Nodes: null, NodeNames: nodes });
    const items = nodes.flatMap((name) => {
      const stored = lookup(`nodes//${name}`);
      return stored ? [bare(stored.text)] : [];
    });
    return JSON.stringify({ Pod, Nodes: { metadata: {}, items }, NodeNames: null });
  }
  const byNode = (pods: (keys: readonly { key: string; uid: string }[]) => object[]): Record<string, object> =>
    Object.fromEntries(
      question.candidates.map(({ node, victims, violations }) => [
        node,
        { Pods: pods(victims), NumPDBViolations: violations },
      ]),
    );
  if (nodeCacheCapable) {
    const meta = byNode((pods) => pods.map(({ uid }) => ({ UID: uid })));
    return JSON.stringify({ Pod, NodeNameToVictims: null, NodeNameToMetaVictims: meta });
  }
  const whole = byNode((pods) => pods.flatMap(({ key }) => (lookup(key) ? [barePod(lookup(key)?.text ?? '')] : [])));
  return JSON.stringify({ Pod, NodeNameToVictims: whole, NodeNameToMetaVictims: null });
}

/** Throws an Error with the reason why it is no answer. */
export function answerOf(question: Question, text: string): Answer {
  const value = parsed(text);
  const { extender, verb } = question;
  if (verb === 'prioritize') return { scores: scoresOf(value) };
  if (!isObject(value)) throw new Error(`json: cannot unmarshal ${sortOf(value)} into Go value`);
  if (verb === 'preempt') return { preempted: preemptedOf(field(value, 'NodeNameToMetaVictims')) };
  const error = field(value, 'Error');
  if (typeof error === 'string' && error !== '') return { error };
  return { filtered: filteredOf(value, extender, question.nodes) };
}

/** The error that an extender tells of. */
export function bindingError(text: string): string | undefined {
  const value = parsed(text);
  if (!isObject(value)) throw new Error(`json: cannot unmarshal ${sortOf(value)} into Go value`);
  const error = field(value, 'Error');
  return typeof error === 'string' && error !== '' ? error : undefined;
}

function parsed(text: string): unknown {
  if (text.trim() === '') throw new Error('EOF');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the answer is no JSON: ${(error as Error).message}`);
  }
}

function filteredOf(value: Record<string, unknown>, extender: Extender, asked: readonly string[]): Filtered {
  const names = field(value, 'NodeNames');
  const nodes = field(value, 'Nodes');
  let passed: string[] = [];
  if (extender.nodeCacheCapable && Array.isArray(names)) passed = names.map(String);
  else if (isObject(nodes)) {
    const items = field(nodes, 'items');
    passed = (Array.isArray(items) ? items : []).map((node) => String(node?.metadata?.name ?? ''));
  }
  const unknown = passed.find((name) => !asked.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `extender ${JSON.stringify(extender.urlPrefix)} claims a filtered node ${JSON.stringify(unknown)} which is not found in the input node list`,
    );
  }
  return {
    passed: new Set(passed),
    failed: textsOf(field(value, 'FailedNodes')),
    unresolvable: textsOf(field(value, 'FailedAndUnresolvableNodes')),
  };
}

function scoresOf(value: unknown): ReadonlyMap<string, number> {
  if (value === null) return new Map();
  if (!Array.isArray(value)) throw new Error(`json: cannot unmarshal ${sortOf(value)} into Go value`);
  const scores = new Map<string, number>();
  for (const one of value.filter(isObject)) {
    const host = String(field(one, 'Host') ?? '');
    scores.set(host, (scores.get(host) ?? 0) + Number(field(one, 'Score') ?? 0));
  }
  return scores;
}

function preemptedOf(value: unknown): Preempted {
  const victims = (one: unknown) => {
    if (!isObject(one)) return undefined;
    const pods = field(one, 'Pods');
    const uids = (Array.isArray(pods) ? pods : []).filter(isObject).map((pod) => String(field(pod, 'UID') ?? ''));
    return { uids, violations: Number(field(one, 'NumPDBViolations') ?? 0) };
  };
  return new Map(Object.entries(isObject(value) ? value : {}).map(([node, one]) => [node, victims(one)]));
}

function textsOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(isObject(value) ? value : {}).map(([name, text]) => [name, String(text)]));
}

function field(object: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  return Object.entries(object).find(([key]) => key.toLowerCase() === lower)?.[1];
}

function sortOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
