/** Bodies of requests to extenders, and what their answers say (`kube-scheduler/extender/v1`, whose fields Go reads in any case). */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { isObject } from '../../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { standIns } from '../../../kube/machinery/schema/number-texts.ts';
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
  if (verb !== 'filter') {
    const odd = standIns(text);
    const numbers = odd ? JSON.parse(odd.text) : value;
    return verb === 'prioritize'
      ? { scores: scoresOf(numbers, odd?.written) }
      : { preempted: preemptedOf(numbers, odd?.written) };
  }
  const told = objectOf(value, 'Go value', 'v1.ExtenderFilterResult') ?? {};
  const filtered = filteredOf(told, extender);
  const error = stringOf(field(told, 'Error'), 'ExtenderFilterResult.Error');
  if (error !== '') return { error };
  const asked = new Set(question.nodes);
  for (const name of filtered.passed) {
    if (asked.has(name)) continue;
    throw new Error(
      `extender ${JSON.stringify(extender.urlPrefix)} claims a filtered node ${JSON.stringify(name)} which is not found in the input node list`,
    );
  }
  return { filtered };
}

/** The error that an extender tells of. */
export function bindingError(text: string): string | undefined {
  const value = objectOf(parsed(text), 'Go value', 'v1.ExtenderBindingResult') ?? {};
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

/** All is read, as Go reads it, whether it counts or not. */
function filteredOf(value: Record<string, unknown>, extender: Extender): Filtered {
  const path = 'Go struct field ExtenderFilterResult';
  const names = listOf(field(value, 'NodeNames'), `${path}.NodeNames`, '[]string')?.map((name) =>
    stringOf(name, 'ExtenderFilterResult.NodeNames'),
  );
  const nodes = objectOf(field(value, 'Nodes'), `${path}.Nodes`, 'v1.NodeList');
  const items = listOf(nodes && field(nodes, 'items'), 'Go struct field NodeList.Nodes.items', '[]v1.Node') ?? [];
  const whole = items.map((item) => {
    const node = objectOf(item, 'Go struct field NodeList.Nodes.items', 'v1.Node') ?? {};
    const metadata = objectOf(node.metadata, 'Go struct field Node.Nodes.items.metadata', 'v1.ObjectMeta') ?? {};
    return stringOf(metadata.name, 'ObjectMeta.Nodes.items.metadata.name');
  });
  return {
    passed: new Set((extender.nodeCacheCapable ? names : undefined) ?? whole),
    failed: textsOf(field(value, 'FailedNodes'), 'ExtenderFilterResult.FailedNodes'),
    unresolvable: textsOf(
      field(value, 'FailedAndUnresolvableNodes'),
      'ExtenderFilterResult.FailedAndUnresolvableNodes',
    ),
  };
}

/** The texts of an answer's numbers that are no int64, for error messages. */
type Odd = readonly string[] | undefined;

function scoresOf(value: unknown, odd: Odd): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  for (const given of listOf(value, 'Go value', 'v1.HostPriorityList') ?? []) {
    const one = objectOf(given, 'Go value', 'v1.HostPriority') ?? {};
    const host = stringOf(field(one, 'Host'), 'HostPriority.Host');
    scores.set(host, (scores.get(host) ?? 0) + wholeOf(field(one, 'Score'), 'HostPriority.Score', odd));
  }
  return scores;
}

function preemptedOf(value: unknown, odd: Odd): Preempted {
  const told = objectOf(value, 'Go value', 'v1.ExtenderPreemptionResult') ?? {};
  const inside = 'MetaVictims.NodeNameToMetaVictims';
  const victims = (given: unknown, path: string) => {
    const one = objectOf(given, path, 'v1.MetaVictims');
    if (!one) return undefined;
    const pods = listOf(field(one, 'Pods'), `Go struct field ${inside}.Pods`, '[]*v1.MetaPod') ?? [];
    const uids = pods.map((pod) => {
      const victim = objectOf(pod, `Go struct field ${inside}.Pods`, 'v1.MetaPod') ?? {};
      return stringOf(field(victim, 'UID'), 'MetaPod.NodeNameToMetaVictims.Pods.UID');
    });
    return { uids, violations: wholeOf(field(one, 'NumPDBViolations'), `${inside}.NumPDBViolations`, odd) };
  };
  const path = 'Go struct field ExtenderPreemptionResult.NodeNameToMetaVictims';
  const byNode = objectOf(field(told, 'NodeNameToMetaVictims'), path, 'map[string]*v1.MetaVictims') ?? {};
  return new Map(Object.entries(byNode).map(([node, one]) => [node, victims(one, path)]));
}

function textsOf(value: unknown, path: string): ReadonlyMap<string, string> {
  const texts = objectOf(value, `Go struct field ${path}`, 'v1.FailedNodesMap') ?? {};
  return new Map(Object.entries(texts).map(([name, text]) => [name, stringOf(text, path)]));
}

function objectOf(value: unknown, into: string, type: string): Record<string, unknown> | undefined {
  if (isObject(value)) return value;
  if (value === null || value === undefined) return undefined;
  throw wrongSort(value, into, type);
}

function listOf(value: unknown, into: string, type: string): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined) return undefined;
  throw wrongSort(value, into, type);
}

function stringOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  throw wrongSort(value, `Go struct field ${path}`, 'string');
}

/** An int64: any other number would count as none, or as more than all. Go takes neither `1e2` nor `1.0` for one. */
function wholeOf(value: unknown, path: string, odd: Odd): number {
  if (value === null || value === undefined) return 0;
  if (typeof value !== 'number') throw wrongSort(value, `Go struct field ${path}`, 'int64');
  if (Number.isInteger(value)) return value;
  throw wrongSort(value, `Go struct field ${path}`, 'int64', `number ${odd?.[value - 1.5]}`);
}

function wrongSort(value: unknown, into: string, type: string, sort = sortOf(value)): Error {
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
