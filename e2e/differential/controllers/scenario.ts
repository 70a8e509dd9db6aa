/** The steps of the scenarios: each is done on both sides, whose states are compared when nothing moves any more. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../mutations.ts';
import type { Kubelet } from './kubelet.ts';
import type { Client } from './side.ts';

/** A namespace on one side. */
export interface Place {
  side: Client;
  kubelet: Kubelet;
  namespace: string;
}

export interface Step {
  /** The report names the step so. */
  name: string;
  run(place: Place): Promise<void>;
}

export interface Scenario {
  name: string;
  /** Nodes of its own: one where nothing is said. */
  nodes?: number;
  /** It changes the whole cluster: it runs once the others have ended. */
  alone?: true;
  steps: Step[];
}

/** The label of a scenario's nodes, and the selector of its pods. */
export const SUITE = 'suite';

const GROUPS: Readonly<Record<string, string>> = {
  deployments: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  daemonsets: '/apis/apps/v1',
  controllerrevisions: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
  storageclasses: '/apis/storage.k8s.io/v1',
  cronjobs: '/apis/batch/v1',
  horizontalpodautoscalers: '/apis/autoscaling/v2',
  resourceclaims: '/apis/resource.k8s.io/v1',
  resourceclaimtemplates: '/apis/resource.k8s.io/v1',
  deviceclasses: '/apis/resource.k8s.io/v1',
  resourceslices: '/apis/resource.k8s.io/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
  ipaddresses: '/apis/networking.k8s.io/v1',
  poddisruptionbudgets: '/apis/policy/v1',
  servicecidrs: '/apis/networking.k8s.io/v1',
};
const PLURALS: Readonly<Record<string, string>> = {
  ReplicationController: 'replicationcontrollers',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  ResourceQuota: 'resourcequotas',
  PersistentVolume: 'persistentvolumes',
  StorageClass: 'storageclasses',
  DeviceClass: 'deviceclasses',
  Endpoints: 'endpoints',
  IPAddress: 'ipaddresses',
};

/** `NAMESPACE` in their names is the scenario's. */
const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set([
  'nodes',
  'persistentvolumes',
  'storageclasses',
  'deviceclasses',
  'resourceslices',
  'ipaddresses',
  'servicecidrs',
]);

/** `deployments/web`, `pods` or `deployments/web/scale` of a namespace. */
function pathOf(namespace: string, what: string): string {
  const [plural = '', ...rest] = what.split('/');
  if (WITHOUT_NAMESPACE.has(plural)) {
    const names = rest.map((name) => name.replace('NAMESPACE', namespace));
    return [GROUPS[plural] ?? '/api/v1', plural, ...names].join('/');
  }
  return [GROUPS[plural] ?? '/api/v1', 'namespaces', namespace, plural, ...rest].join('/');
}

export function create(...objects: Json[]): Step {
  return {
    name: `create ${objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)}`,
    async run({ side, namespace }) {
      for (const object of objects) {
        const plural = PLURALS[object.kind] ?? `${object.kind.toLowerCase()}s`;
        await side.must('POST', pathOf(namespace, plural), placed(object, namespace));
      }
    },
  };
}

/** `NAMESPACE` stands for the scenario's. */
function named<T>(value: T, namespace: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('NAMESPACE', namespace)) as T;
}

/** Pods of a scenario run on its own nodes. */
function placed(object: Json, namespace: string): Json {
  const copy = named(object, namespace);
  const { template } = copy.spec?.jobTemplate?.spec ?? copy.spec ?? {};
  const spec = copy.kind === 'Pod' ? copy.spec : template?.spec;
  if (spec?.containers) spec.nodeSelector = { ...spec.nodeSelector, [SUITE]: namespace };
  return copy;
}

export function patch(what: string, body: Json, type: 'merge' | 'strategic' | 'json' = 'strategic'): Step {
  const contentType =
    type === 'json'
      ? 'application/json-patch+json'
      : `application/${type === 'merge' ? 'merge' : 'strategic-merge'}-patch+json`;
  return {
    name: `patch ${what} ${JSON.stringify(body)}`,
    async run({ side, namespace }) {
      await side.must('PATCH', pathOf(namespace, what), named(body, namespace), contentType);
    },
  };
}

/** The objects own `what`, which is made where it is a ConfigMap that is missing; `more` goes into the first reference. */
export function ownedBy(what: string, owner: string, more: Json = {}, ...others: string[]): Step {
  return {
    name: `own ${what} by ${[owner, ...others]} ${JSON.stringify(more)}`,
    async run({ side, namespace }) {
      const placeOf = (path: string) => named(path.startsWith('/') ? path : pathOf(namespace, path), namespace);
      const references: Json[] = [];
      for (const path of [owner, ...others]) {
        const { apiVersion, kind, metadata } = await side.must('GET', placeOf(path));
        references.push({ apiVersion, kind, name: metadata.name, uid: metadata.uid });
      }
      const ownerReferences = [{ ...references[0], ...more }, ...references.slice(1)];
      const path = placeOf(what);
      const answer = await side.send('PATCH', path, { metadata: { ownerReferences } }, 'application/merge-patch+json');
      if (answer.status !== 404) return;
      const at = path.lastIndexOf('/');
      await side.must('POST', path.slice(0, at), { metadata: { name: path.slice(at + 1), ownerReferences } });
    },
  };
}

/** Any request, which may be refused; `NAMESPACE` in the path and the body stands for the scenario's. */
export function send(method: string, path: string, body?: Json, type?: string): Step {
  return {
    name: `${method} ${path} ${JSON.stringify(body ?? '')}`,
    async run({ side, namespace }) {
      await side.send(method, named(path, namespace), body === undefined ? undefined : named(body, namespace), type);
    },
  };
}

export function scale(what: string, replicas: number): Step {
  return { ...patch(`${what}/scale`, { spec: { replicas } }, 'merge'), name: `scale ${what} to ${replicas}` };
}

/** A new template, which an annotation may ask the kubelet to run in another way. */
export function image(what: string, tag: string, annotations: Record<string, string | null> = {}): Step {
  const template = { metadata: { annotations }, spec: { containers: [{ name: 'app', image: `app:${tag}` }] } };
  return patch(what, { spec: { template } });
}

export function remove(what: string, options: Json = {}): Step {
  return {
    name: `delete ${what} ${JSON.stringify(options)}`,
    async run({ side, namespace }) {
      await side.must('DELETE', pathOf(namespace, what), options);
    },
  };
}

export interface PodsOptions {
  labels?: string;
  /** The first ones by name, or of random names by age. */
  most?: number;
  named?: RegExp;
}

async function podsOf({ side, namespace }: Place, { labels = '', most, named }: PodsOptions): Promise<Json[]> {
  const list = await side.must('GET', `${pathOf(namespace, 'pods')}?labelSelector=${encodeURIComponent(labels)}`);
  const pods = (list.items as Json[]).filter(({ metadata }) => !named || named.test(metadata.name));
  const key = ({ metadata, spec }: Json) =>
    metadata.generateName ? `${spec.nodeName ?? ''} ${metadata.creationTimestamp}` : metadata.name;
  return pods.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, most);
}

/** Deletes pods. */
export function kill(which: PodsOptions, options: Json = {}): Step {
  return {
    name: `delete pods ${told(which)}`,
    async run(place) {
      for (const { metadata } of await podsOf(place, which)) {
        await place.side.must('DELETE', pathOf(place.namespace, `pods/${metadata.name}`), options);
      }
    },
  };
}

/** `TIME` in the body is the time. */
export function patchPods(which: PodsOptions, body: Json, subresource = ''): Step {
  return {
    name: `patch pods ${told(which)} ${JSON.stringify(body)}`,
    async run(place) {
      for (const { metadata } of await podsOf(place, which)) {
        const path = pathOf(place.namespace, `pods/${metadata.name}${subresource}`);
        const now = new Date(place.side.now()).toISOString();
        const sent = JSON.parse(JSON.stringify(body).replaceAll('TIME', now));
        await place.side.must('PATCH', path, sent, 'application/strategic-merge-patch+json');
      }
    },
  };
}

/** Lets deleted pods go that stay (`suite/stay`). */
export function free(which: PodsOptions = {}): Step {
  return patchPods(which, { metadata: { annotations: { 'suite/stay': null } } });
}

/** Patches all of a kind that lie in the namespace, or that belong to its Services; deletes them where `body` is missing. */
export function all(plural: string, body: Json | undefined, which: (object: Json) => boolean = () => true): Step {
  return {
    name: `${body === undefined ? 'delete' : `patch ${JSON.stringify(body)}`} all ${plural}`,
    async run({ side, namespace }) {
      for (const object of side.seen(namespace)) {
        if (object.plural !== plural || !which(object)) continue;
        const path = pathOf(namespace, `${plural}/${object.metadata.name}`);
        if (body === undefined) await side.must('DELETE', path);
        else await side.must('PATCH', path, named(body, namespace), 'application/merge-patch+json');
      }
    },
  };
}

/** The kubelet goes on with pods in another way. */
export function runs(which: PodsOptions, how: string): Step {
  return patchPods(which, { metadata: { annotations: { 'suite/run': how } } });
}

export function wait(seconds: number): Step {
  return { name: `${seconds} s later`, run: () => setTimeout(seconds * 1000) };
}

/** Each side waits until its own clock is some seconds into its next minute. */
export function nextMinute(seconds = 3): Step {
  return {
    name: `${seconds} s into the next minute`,
    async run({ side }) {
      const minute = 60_000;
      const end = (Math.floor(side.now() / minute) + 1) * minute + seconds * 1000;
      while (side.now() < end) await setTimeout(200);
    },
  };
}

/** Steps that are compared once. */
export function together(...steps: Step[]): Step {
  return {
    name: steps.map(({ name }) => name).join('; '),
    async run(place) {
      for (const step of steps) await step.run(place);
    },
  };
}

function told({ labels, most, named }: PodsOptions): string {
  return [labels, named, most === undefined ? '' : `(${most})`].filter(Boolean).join(' ') || 'all';
}
