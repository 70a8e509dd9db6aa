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

/** Kind and version, where a stored text begins with them. */
const TYPE_META = /^\{(?:"apiVersion":"[^"\\]*","kind":"[^"\\]*"|"kind":"[^"\\]*","apiVersion":"[^"\\]*"),/;

/** The text of {@link bare}, without parsing it: nodes are many, and their texts long. */
export function bareText(text: string): string {
  return TYPE_META.test(text) ? text.replace(TYPE_META, '{') : JSON.stringify(bare(text));
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
      return stored ? [bareText(stored.text)] : [];
    });
    return `{"Pod":${JSON.stringify(Pod)},"Nodes":{"metadata":{},"items":[${items.join()}]},"NodeNames":null}`;
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
  const error = stringOf(field(value, 'Error'), 'ExtenderFilterResult.Error');
  if (error !== '') return { error };
  return { filtered: filteredOf(value, extender, question.nodes) };
}

/** The error that an extender tells of. */
export function bindingError(text: string): string | undefined {
  const value = parsed(text);
  if (!isObject(value)) throw new Error(`json: cannot unmarshal ${sortOf(value)} into Go value`);
  return stringOf(field(value, 'Error'), 'ExtenderBindingResult.Error') || undefined;
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
  if (extender.nodeCacheCapable && Array.isArray(names))
    passed = names.map((name) => stringOf(name, 'ExtenderFilterResult.NodeNames'));
  else if (isObject(nodes)) {
    const items = field(nodes, 'items');
    passed = (Array.isArray(items) ? items : []).map((node) => String(node?.metadata?.name ?? ''));
  }
  const known = new Set(asked);
  const unknown = passed.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Error(
      `extender ${JSON.stringify(extender.urlPrefix)} claims a filtered node ${JSON.stringify(unknown)} which is not found in the input node list`,
    );
  }
  return {
    passed: new Set(passed),
    failed: textsOf(field(value, 'FailedNodes'), 'ExtenderFilterResult.FailedNodes'),
    unresolvable: textsOf(
      field(value, 'FailedAndUnresolvableNodes'),
      'ExtenderFilterResult.FailedAndUnresolvableNodes',
    ),
  };
}

function scoresOf(value: unknown): ReadonlyMap<string, number> {
  if (value === null) return new Map();
  if (!Array.isArray(value)) throw new Error(`json: cannot unmarshal ${sortOf(value)} into Go value`);
  const scores = new Map<string, number>();
  for (const one of value) {
    if (one === null) continue;
    if (!isObject(one)) throw wrongSort(one, 'Go value', 'HostPriority');
    const host = stringOf(field(one, 'Host'), 'HostPriority.Host');
    scores.set(host, (scores.get(host) ?? 0) + wholeOf(field(one, 'Score'), 'HostPriority.Score'));
  }
  return scores;
}

function preemptedOf(value: unknown): Preempted {
  const victims = (one: unknown) => {
    if (!isObject(one)) return undefined;
    const pods = field(one, 'Pods');
    const uids = (Array.isArray(pods) ? pods : [])
      .filter(isObject)
      .map((pod) => stringOf(field(pod, 'UID'), 'MetaPod.UID'));
    return { uids, violations: wholeOf(field(one, 'NumPDBViolations'), 'MetaVictims.NumPDBViolations') };
  };
  return new Map(Object.entries(isObject(value) ? value : {}).map(([node, one]) => [node, victims(one)]));
}

function textsOf(value: unknown, path: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(isObject(value) ? value : {}).map(([name, text]) => [name, stringOf(text, path)]));
}

function stringOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  throw wrongSort(value, `Go struct field ${path}`, 'string');
}

/** An int64: any other number would count as none, or as more than all. */
function wholeOf(value: unknown, path: string): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63) return value;
  throw wrongSort(value, `Go struct field ${path}`, 'int64');
}

function wrongSort(value: unknown, into: string, type: string): Error {
  const sort = typeof value === 'number' && type === 'int64' ? `number ${value}` : sortOf(value);
  return new Error(`json: cannot unmarshal ${sort} into ${into} of type ${type}`);
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
