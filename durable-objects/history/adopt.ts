/**
 * Makes a copy of a cluster a cluster of its own. Machines do not join the copy, so their Nodes go, and their pods:
 * controllers make others, and pods without a controller are placed anew. Tokens that were signed for the other cluster are issued
 * anew. Certificates of the other's authority, which this cluster's API does not know, are left where they are.
 */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { parseKey } from '../../kube/machinery/resource.ts';
import type { Pod } from '../../kube/types.ts';
import { isSimulatedText } from '../../wire/nodes.ts';
import { type OwnRequest, send } from '../apiserver/own-request.ts';
import type { RequestHandler } from '../apiserver/request.ts';
import type { Store } from '../store/store.ts';
import { desiredOf, isDesired, isOver } from './desired.ts';

export interface AdoptPorts {
  store: Store;
  api: RequestHandler;
  /** Milliseconds since the epoch. */
  now(): number;
  report(about: string, error: unknown): void;
}

const TOKEN_SECRET = '"type":"kubernetes.io/service-account-token"';
const NOW = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 };

/** Idempotent. */
export async function adopt(ports: AdoptPorts): Promise<void> {
  const nodes = realNodes(ports.store);
  if (nodes.size > 0) {
    for (const pod of podsOn(nodes, ports.store)) await replace(pod, ports);
    for (const name of nodes) await act(ports, 'DELETE', `/api/v1/nodes/${name}`, NOW);
  }
  for (const path of tokenSecrets(ports.store)) await act(ports, 'PATCH', path, { data: { token: null } });
}

function realNodes(store: Store): Set<string> {
  const names = new Set<string>();
  for (const { key, text } of store.scan({ prefix: 'nodes/' })) {
    if (!isSimulatedText(text)) names.add(parseKey(key).name);
  }
  return names;
}

function podsOn(nodes: ReadonlySet<string>, store: Store): Pod[] {
  const pods: Pod[] = [];
  for (const { text } of store.scan({ prefix: 'pods/' })) {
    const pod = parseExact(text) as Pod;
    if (nodes.has(pod.spec?.nodeName ?? '')) pods.push(pod);
  }
  return pods;
}

async function replace(pod: Pod, ports: AdoptPorts): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  await act(ports, 'DELETE', `${path}/${name}`, NOW);
  const key = { resource: 'pods', namespace, name };
  const object = pod as unknown as KubeObject;
  if (isDesired(key, object) && !isOver(key, object)) await act(ports, 'POST', path, desiredOf(key, object));
}

function tokenSecrets(store: Store): string[] {
  const paths: string[] = [];
  for (const { key, text, unreadable } of store.scan({ prefix: 'secrets/', standIns: true })) {
    const { namespace, name } = parseKey(key);
    const isOne = unreadable === undefined && text.includes(TOKEN_SECRET);
    if (isOne) paths.push(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  }
  return paths;
}

/** A change that fails leaves its object as it was: the copy is a cluster all the same. */
async function act({ api, now, report }: AdoptPorts, method: OwnRequest['method'], path: string, body: unknown) {
  const cause = { kind: 'system', at: now(), why: 'copied' } as const;
  await send(api, { cause, method, path, body }).catch((error) => report(path, error));
}
