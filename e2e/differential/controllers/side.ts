/** One of the two clusters: a client of its API, with what it looks like and a kubelet for the nodes of the scenarios. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../mutations.ts';
import { type Ask, bytesOf } from '../sequences/servers.ts';

/** The kinds that are compared, by the path of their lists. */
const OBSERVED: Readonly<Record<string, string>> = {
  nodes: '/api/v1/nodes',
  pods: '/api/v1/pods',
  replicationcontrollers: '/api/v1/replicationcontrollers',
  events: '/api/v1/events',
  configmaps: '/api/v1/configmaps',
  persistentvolumeclaims: '/api/v1/persistentvolumeclaims',
  persistentvolumes: '/api/v1/persistentvolumes',
  volumeattachments: '/apis/storage.k8s.io/v1/volumeattachments',
  resourcequotas: '/api/v1/resourcequotas',
  deployments: '/apis/apps/v1/deployments',
  replicasets: '/apis/apps/v1/replicasets',
  statefulsets: '/apis/apps/v1/statefulsets',
  daemonsets: '/apis/apps/v1/daemonsets',
  controllerrevisions: '/apis/apps/v1/controllerrevisions',
  jobs: '/apis/batch/v1/jobs',
  cronjobs: '/apis/batch/v1/cronjobs',
  horizontalpodautoscalers: '/apis/autoscaling/v2/horizontalpodautoscalers',
  resourceclaims: '/apis/resource.k8s.io/v1/resourceclaims',
  services: '/api/v1/services',
  endpoints: '/api/v1/endpoints',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  ipaddresses: '/apis/networking.k8s.io/v1/ipaddresses',
  poddisruptionbudgets: '/apis/policy/v1/poddisruptionbudgets',
  namespaces: '/api/v1/namespaces',
  secrets: '/api/v1/secrets',
  serviceaccounts: '/api/v1/serviceaccounts',
  certificatesigningrequests: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
  clusterroles: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  validatingadmissionpolicies: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  servicecidrs: '/apis/networking.k8s.io/v1/servicecidrs',
};

/** Each namespace has the certificate of its own cluster. */
const ROOT_CA = 'kube-root-ca.crt';

/** Nodes and events about them have a number behind the scenario's name. */
const OF_NODE = /-n\d+$/;
/** Volumes, and events about them, are in no namespace of a scenario: their names begin with it. */
const OF_VOLUME = /^(.*)-v\d+$/;
/** Further namespaces of a scenario. */
const OF_NAMESPACE = /-ns\d$/;
/** Other resources without a namespace: the names of their objects begin with the scenario's and a point. */
const OF_CLUSTER: ReadonlySet<string> = new Set([
  'certificatesigningrequests',
  'clusterroles',
  'validatingadmissionpolicies',
]);
/** And so do those of ranges of addresses. */
const OF_RANGE = /^(.*)-c\d+$/;

function placeOf({ plural, metadata, involvedObject, spec }: Json): string {
  if (plural === 'volumeattachments') return spec.nodeName.replace(OF_NODE, '');
  if (plural === 'nodes') return metadata.name.replace(OF_NODE, '');
  if (plural === 'events' && involvedObject.kind === 'Node') return involvedObject.name.replace(OF_NODE, '');
  if (plural === 'ipaddresses') return spec.parentRef?.namespace ?? '';
  if (plural === 'servicecidrs') return OF_RANGE.exec(metadata.name)?.[1] ?? '';
  const isAbout = plural === 'events' && involvedObject.kind === 'PersistentVolume';
  const volume = plural === 'persistentvolumes' ? metadata.name : isAbout ? involvedObject.name : '';
  if (OF_CLUSTER.has(plural)) return metadata.name.split('.')[0];
  const namespace = plural === 'namespaces' ? metadata.name : metadata.namespace;
  return OF_VOLUME.exec(volume)?.[1] ?? namespace.replace(OF_NAMESPACE, '');
}

export interface SideOptions {
  name: string;
  ask: Ask;
  /** The cluster's own clock, in milliseconds since the epoch. */
  now(): number;
}

/** The answer to a request of a step. */
export interface Told {
  request: string;
  answer: Json;
}

/** A side as a step sees it. */
export type Client = Pick<Side, 'name' | 'now' | 'send' | 'must' | 'seen' | 'settled'>;

/** Keeps what a step's writes are answered: the status and, of a refusal, its words. */
export function recorded(side: Side, told: Told[]): Client {
  const client: Client = {
    name: side.name,
    now: side.now,
    seen: (namespace) => side.seen(namespace),
    settled: (...args) => side.settled(...args),
    async send(method, path, body, type) {
      const answer = await side.send(method, path, body, type);
      if (method !== 'GET') {
        const { status, reason, message, details } = answer.body ?? {};
        const words = status === 'Failure' ? { reason, message, details } : {};
        told.push({ request: `${method} ${path}`, answer: { status: answer.status, ...words } });
      }
      return answer;
    },
    must: (method, path, body, type) => accepted(client, method, path, body, type),
  };
  return client;
}

/** Refusals are errors. */
async function accepted(client: Client, method: string, path: string, body?: Json, type?: string): Promise<Json> {
  const answer = await client.send(method, path, body, type);
  if (answer.status >= 400)
    throw new Error(`${client.name}: ${method} ${path}: ${answer.status} ${answer.body.message}`);
  return answer.body;
}

/** The part of an object that a heartbeat does not change. */
function standing({ plural, metadata, spec }: Json): string {
  return `${metadata.uid}:${plural === 'nodes' ? JSON.stringify(spec) : metadata.resourceVersion}`;
}

export class Side {
  readonly name: string;
  readonly #ask: Ask;
  readonly now: () => number;
  #seen = new Map<string, Json[]>();

  constructor({ name, ask, now }: SideOptions) {
    this.name = name;
    this.#ask = ask;
    this.now = now;
  }

  async send(
    method: string,
    path: string,
    body?: Json,
    type = 'application/json',
  ): Promise<{ status: number; body: Json }> {
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'kubectl' };
    if (body !== undefined) headers['content-type'] = type;
    const answer = await this.#ask({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = (await bytesOf(answer.body)).toString();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  must(method: string, path: string, body?: Json, type?: string): Promise<Json> {
    return accepted(this, method, path, body, type);
  }

  /** Everything of a namespace when it was last looked at, each object with its plural. */
  seen(namespace: string): Json[] {
    return this.#seen.get(namespace) ?? [];
  }

  async look(): Promise<void> {
    const lists = await Promise.all(
      Object.entries(OBSERVED).map(async ([plural, path]) => {
        const list = await this.must('GET', path);
        const items = (list.items as Json[]).filter(({ metadata }) => metadata.name !== ROOT_CA);
        return items.map((item) => ({ plural, ...item }));
      }),
    );
    this.#seen = Map.groupBy(lists.flat(), placeOf);
  }

  /** Until nothing has changed for a while; `most` milliseconds at most. */
  async settled(namespace: string, quiet: number, most: number): Promise<void> {
    const end = Date.now() + most;
    let [before, since] = ['', Date.now()];
    while (Date.now() < end) {
      const state = this.seen(namespace).map(standing);
      const text = state.sort().join();
      if (text !== before) [before, since] = [text, Date.now()];
      else if (Date.now() - since >= quiet) return;
      await setTimeout(50);
    }
  }
}
