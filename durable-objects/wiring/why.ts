/** The path `/islet/v1/why`: the scheduler's last decision about a pod. */
import { isObject } from '../../kube/machinery/json-object.ts';
import { keyOf } from '../../kube/machinery/resource.ts';
import { failure } from '../../kube/machinery/status.ts';
import { troubleOf } from '../../kube/pod-lifecycle/trouble.ts';
import type { Refusal } from '../../kube/scheduling/advice.ts';
import type { Pod } from '../../kube/types.ts';
import type { SchedulingDecision, Why } from '../../wire/why.ts';
import type { ReadPort } from '../controllers/runtime/ports.ts';
import type { Answer } from './islet-api.ts';

export interface WhyPorts {
  store: Pick<ReadPort, 'get'>;
  decision(key: string, uid: string): SchedulingDecision | undefined;
  /** The plugin that keeps the pod from being decided on. */
  held(pod: Pod): Refusal | undefined;
  /** Whether the cluster's own scheduler has a profile of this name; left out where the cluster was created without it. */
  schedules?(schedulerName: string): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

const DEFAULT_SCHEDULER = 'default-scheduler';

/** `query` is the request's, without the `?`. */
export function answerWhy(query: string, { store, decision, ...ports }: WhyPorts): Answer {
  const params = new URLSearchParams(query);
  const name = params.get('name');
  const namespace = params.get('namespace') ?? 'default';
  if (!name) return refused('BadRequest', 'name a pod by name=… (and namespace=…)');
  const key = keyOf('pods', namespace, name);
  const stored = store.get(key);
  const pod: unknown = stored && JSON.parse(stored.text);
  if (!isObject(pod)) return refused('NotFound', `pods ${JSON.stringify(name)} not found`);
  const body = whyOf(pod as unknown as Pod, {
    ...ports,
    decision: (uid) => decision(key, uid),
    hasNode: (node) => store.get(keyOf('nodes', '', node)) !== undefined,
  });
  return { status: 200, body: { namespace, name, ...body } satisfies Why };
}

interface Known extends Pick<WhyPorts, 'schedules' | 'held' | 'now'> {
  decision(uid: string): SchedulingDecision | undefined;
  hasNode(name: string): boolean;
}

function whyOf(pod: Pod, { schedules, held, hasNode, now, ...known }: Known): Omit<Why, 'namespace' | 'name'> {
  const { metadata, spec } = pod;
  const { nodeName, schedulingGates = [], schedulerName = DEFAULT_SCHEDULER } = spec ?? {};
  const decision = known.decision(metadata.uid ?? '');
  const kept = decision ? { decision } : {};
  // A decision that did not bring the pod there, as where a client bound it, says nothing of its node.
  if (nodeName) {
    const how = decision?.node === nodeName ? kept : isNamed(pod) ? { named: true as const } : {};
    if (!hasNode(nodeName)) return { state: 'bound', node: nodeName, ...how, missing: true };
    const trouble = troubleOf(pod, now());
    return { state: 'bound', node: nodeName, ...how, ...(trouble ? { trouble } : {}) };
  }
  if (schedulingGates.length > 0) return { state: 'gated', gates: schedulingGates.map((gate) => gate.name) };
  if (!schedules) return { state: 'off' };
  if (!decision && !schedules(schedulerName)) return { state: 'foreign', schedulerName };
  const refusal = held(pod);
  if (refusal) return { state: 'held', refusal };
  return { state: 'unplaced', ...(decision ? kept : messageOf(pod)) };
}

/** The pod's condition outlasts the scheduler's memory. */
function messageOf({ status }: Pod): Pick<Why, 'message'> {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.message ? { message: scheduled.message } : {};
}

/** The node stands in what a client wrote: no client owns what a binding set. */
function isNamed({ metadata }: Pod): boolean {
  return (metadata.managedFields ?? []).some(({ fieldsV1 }) => {
    const spec = (fieldsV1 as Record<string, object> | undefined)?.['f:spec'];
    return spec !== undefined && 'f:nodeName' in spec;
  });
}

function refused(reason: 'BadRequest' | 'NotFound', message: string): Answer {
  const status = failure(reason, message);
  return { status: status.code, body: status };
}
