/** How an object is: a tone, and a few words of Kubernetes' own. Undefined for kinds that are just there. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import { nodeStatus } from '../kinds/node.ts';
import { podReady, podStatus } from '../kinds/pod.ts';
import type { Badge, Tone } from '../kinds/tone.ts';

interface Condition {
  type?: string;
  status?: string;
  reason?: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Read = (object: KubeObject, spec: Fields, status: Fields) => Badge | undefined;

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const badge = (tone: Tone, text: string): Badge => ({ tone, text });

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function condition(status: Fields, type: string): Condition | undefined {
  const { conditions } = status;
  return Array.isArray(conditions) ? conditions.find((each: Condition | null) => each?.type === type) : undefined;
}

function ofPods(status: Fields, ready: number, wanted: number): Badge {
  const failed = condition(status, 'ReplicaFailure')?.status === 'True';
  const stuck = condition(status, 'Progressing')?.status === 'False';
  if (failed || stuck) return badge('bad', `${ready}/${wanted}`);
  if (wanted === 0) return badge('idle', '0');
  return badge(ready >= wanted ? 'good' : 'busy', `${ready}/${wanted}`);
}

const replicas: Read = (_, spec, status) =>
  ofPods(status, count(status.readyReplicas), typeof spec.replicas === 'number' ? spec.replicas : 1);

/** By phase, of claims and volumes. */
const PHASES: Readonly<Record<string, Tone>> = {
  Bound: 'good',
  Available: 'idle',
  Pending: 'busy',
  Released: 'busy',
  Lost: 'bad',
  Failed: 'bad',
};
const phase: Read = (_, __, status) => {
  const text = String(status.phase ?? 'Pending');
  return badge(PHASES[text] ?? 'busy', text);
};

const READ: Readonly<Record<string, Read>> = {
  pods: (object) => {
    const { tone, text } = podStatus(object as unknown as Pod);
    return badge(tone, text === 'Running' ? podReady(object as unknown as Pod) : text);
  },
  nodes: (object) => nodeStatus(object as unknown as Node),
  'deployments.apps': replicas,
  'statefulsets.apps': replicas,
  'replicasets.apps': replicas,
  replicationcontrollers: replicas,
  'daemonsets.apps': (_, __, status) => ofPods(status, count(status.numberReady), count(status.desiredNumberScheduled)),
  'jobs.batch': (_, spec, status) => {
    if (condition(status, 'Failed')?.status === 'True') return badge('bad', 'Failed');
    if (condition(status, 'Complete')?.status === 'True') return badge('idle', 'Complete');
    if (spec.suspend === true) return badge('idle', 'Suspended');
    return badge('busy', `${count(status.succeeded)}/${spec.completions ?? 1}`);
  },
  'cronjobs.batch': (_, spec) => (spec.suspend === true ? badge('idle', 'Suspended') : undefined),
  'horizontalpodautoscalers.autoscaling': (_, spec, status) => {
    const range = `${count(status.currentReplicas)} (${spec.minReplicas ?? 1}–${spec.maxReplicas ?? '?'})`;
    const cannot = ['AbleToScale', 'ScalingActive'].map((type) => condition(status, type));
    return badge(cannot.some((each) => each?.status === 'False') ? 'bad' : 'good', range);
  },
  'poddisruptionbudgets.policy': (_, __, { currentHealthy, desiredHealthy, expectedPods }) => {
    if (count(expectedPods) === 0) return undefined;
    const text = `${count(currentHealthy)}/${count(desiredHealthy)}`;
    return badge(count(currentHealthy) < count(desiredHealthy) ? 'bad' : 'good', text);
  },
  'endpointslices.discovery.k8s.io': ({ endpoints }) => {
    const all = Array.isArray(endpoints) ? endpoints.map((each) => fieldsOf(fieldsOf(each).conditions).ready) : [];
    if (all.length === 0) return badge('idle', '0');
    const ready = all.filter((each) => each !== false).length;
    return badge(ready === all.length ? 'good' : 'busy', `${ready}/${all.length}`);
  },
  persistentvolumeclaims: phase,
  persistentvolumes: phase,
};

/** Kinds of definitions say by convention how they are. */
const custom: Read = (_, __, status) => {
  const found = condition(status, 'Ready') ?? condition(status, 'Available');
  if (!found) return undefined;
  if (found.status === 'True') return badge('good', found.type ?? '');
  return badge(found.status === 'False' ? 'bad' : 'busy', found.reason || `${found.type}: ${found.status}`);
};

export function healthOf(resource: string, object: KubeObject): Badge | undefined {
  const spec = fieldsOf(object.spec);
  const found = (READ[resource] ?? custom)(object, spec, fieldsOf(object.status));
  const ends = object.metadata.deletionTimestamp !== undefined && resource !== 'pods';
  return ends ? badge('busy', 'Terminating') : found;
}

const WORST: readonly Tone[] = ['bad', 'busy', 'good', 'idle'];

/** Of several: the worst of them, and how many of them are fine. */
export function healthOfAll(all: readonly (Badge | undefined)[]): Badge | undefined {
  const known = all.filter((each) => each !== undefined);
  const tone = WORST.find((one) => known.some((each) => each.tone === one));
  if (!tone) return undefined;
  if (tone === 'idle') return badge(tone, known.find((each) => each.tone === tone)?.text ?? '');
  const good = known.filter((each) => each.tone === 'good').length;
  return badge(tone, `${good}/${all.length}`);
}
