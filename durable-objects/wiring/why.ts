/** The path `/islet/v1/why`: the scheduler's last decision about a pod. */
import { isObject } from '../../kube/machinery/json-object.ts';
import { keyOf } from '../../kube/machinery/resource.ts';
import { failure } from '../../kube/machinery/status.ts';
import type { Pod } from '../../kube/types.ts';
import type { SchedulingDecision, Why } from '../../wire/why.ts';
import type { ReadPort } from '../controllers/runtime/ports.ts';
import type { Answer } from './islet-api.ts';

export interface WhyPorts {
  store: Pick<ReadPort, 'get'>;
  decision(key: string, uid: string): SchedulingDecision | undefined;
  /** False where the cluster was created without a scheduler. */
  schedules: boolean;
}

const DEFAULT_SCHEDULER = 'default-scheduler';

/** `query` is the request's, without the `?`. */
export function answerWhy(query: string, { store, decision, schedules }: WhyPorts): Answer {
  const params = new URLSearchParams(query);
  const name = params.get('name');
  const namespace = params.get('namespace') ?? 'default';
  if (!name) return refused('BadRequest', 'name a pod by name=… (and namespace=…)');
  const key = keyOf('pods', namespace, name);
  const stored = store.get(key);
  const pod: unknown = stored && JSON.parse(stored.text);
  if (!isObject(pod)) return refused('NotFound', `pods ${JSON.stringify(name)} not found`);
  const body = whyOf(pod as unknown as Pod, schedules, (uid) => decision(key, uid));
  return { status: 200, body: { namespace, name, ...body } satisfies Why };
}

function whyOf(
  { metadata, spec }: Pod,
  schedules: boolean,
  decisionOf: (uid: string) => SchedulingDecision | undefined,
): Omit<Why, 'namespace' | 'name'> {
  const { nodeName, schedulingGates = [], schedulerName = DEFAULT_SCHEDULER } = spec ?? {};
  const decision = decisionOf(metadata.uid ?? '');
  const kept = decision ? { decision } : {};
  // One that it did not bring there, as where a client bound the pod, says nothing of its node.
  if (nodeName) return { state: 'bound', node: nodeName, ...(decision?.node === nodeName ? kept : {}) };
  if (schedulingGates.length > 0) return { state: 'gated', gates: schedulingGates.map((gate) => gate.name) };
  if (!schedules) return { state: 'off' };
  if (schedulerName !== DEFAULT_SCHEDULER && !decision) return { state: 'foreign', schedulerName };
  return { state: 'unplaced', ...kept };
}

function refused(reason: 'BadRequest' | 'NotFound', message: string): Answer {
  const status = failure(reason, message);
  return { status: status.code, body: status };
}
