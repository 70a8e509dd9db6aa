/** The fate of a scenario's pod: by upstream's scheduler, and by Islet's on the same objects. */
import { call, must } from '../../../bench/lib/http.ts';
import type { Target } from '../../../bench/lib/target.ts';
import { nextStep } from '../../../durable-objects/scheduler/binding.ts';
import { projectNode, projectPod } from '../../../durable-objects/scheduler/cache/projections.ts';
import { Snapshot } from '../../../durable-objects/scheduler/cache/snapshot.ts';
import { DEFAULT_PROFILE } from '../../../durable-objects/scheduler/plugins/index.ts';
import { schedule } from '../../../durable-objects/scheduler/schedule.ts';
import { chance } from '../../../durable-objects/scheduler/testing/objects.ts';
import { isTerminal } from '../../../kube/pod-lifecycle/index.ts';
import { STORAGE_CLASSES } from './late-volumes.ts';
import { type Json, NAMESPACES, PRIORITY_CLASSES, type Scenario } from './scenario.ts';

const NODES = '/api/v1/nodes';
const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const STORAGE = '/apis/storage.k8s.io/v1/storageclasses';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const MERGE = 'application/merge-patch+json';
/** Lists, by the prefix of their keys. */
const SEEN: Readonly<Record<string, string>> = {
  nodes: NODES,
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  persistentvolumes: VOLUMES,
  persistentvolumeclaims: '/api/v1/persistentvolumeclaims',
  'storageclasses.storage.k8s.io': STORAGE,
  'poddisruptionbudgets.policy': '/apis/policy/v1/poddisruptionbudgets',
};
/**
 * The number of Islet's random choices that are tried: nodes and victims that are as good as others are chosen by
 * chance.
 */
const TRIES = 40;

export type Objects = ReadonlyMap<string, Json>;

const podsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Objects that all scenarios share. */
export async function prepare(peer: Target): Promise<void> {
  const labels = { team: 'x' };
  await call(peer, 'POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'other', labels },
  });
  for (const namespace of NAMESPACES) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await call(peer, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, account);
  }
  for (const [name, value] of Object.entries(PRIORITY_CLASSES)) {
    const preemptionPolicy = name === 'never' ? 'Never' : 'PreemptLowerPriority';
    const kind = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };
    await must(peer, 'POST', CLASSES, { ...kind, metadata: { name }, value, preemptionPolicy });
  }
  for (const storageClass of STORAGE_CLASSES) await must(peer, 'POST', STORAGE, storageClass);
}

export async function clear(peer: Target): Promise<void> {
  const items = async (path: string) => (await must<{ items: Json[] }>(peer, 'GET', path)).items;
  const release = async (path: string) => {
    for (const { metadata } of await items(path)) {
      await call(peer, 'PATCH', `${path}/${metadata.name}`, { metadata: { finalizers: null } }, MERGE);
      await call(peer, 'DELETE', `${path}/${metadata.name}`);
    }
  };
  for (const namespace of NAMESPACES) {
    for (const { metadata } of await items(podsOf(namespace))) {
      await call(peer, 'DELETE', `${podsOf(namespace)}/${metadata.name}?gracePeriodSeconds=0`);
    }
  }
  await must(peer, 'DELETE', NODES);
  await release(CLAIMS);
  await release(VOLUMES);
  await must(peer, 'DELETE', BUDGETS);
}

/** Makes all but the pending pod; returns what schedulers see then. */
export async function build(peer: Target, scenario: Scenario): Promise<Objects> {
  const make = async (path: string, object: Json) => {
    await must(peer, 'POST', path, object);
    if (!object.status) return;
    const { status } = object;
    await must(peer, 'PATCH', `${path}/${object.metadata.name}/status`, { status }, MERGE);
  };
  for (const node of scenario.nodes) {
    await make(NODES, node);
    // Admission has tainted it as not ready, and no controller is there to take that away.
    await must(peer, 'PATCH', `${NODES}/${node.metadata.name}`, { spec: { taints: node.spec.taints } }, MERGE);
  }
  for (const volume of scenario.volumes) await make(VOLUMES, volume);
  for (const claim of scenario.claims) await make(CLAIMS, claim);
  for (const budget of scenario.budgets) await make(BUDGETS, budget);
  for (const pod of scenario.running) await make(podsOf(pod.metadata.namespace), pod);
  // The scheduler's caches follow.
  await pause(150);
  const objects = new Map<string, Json>();
  for (const [resource, path] of Object.entries(SEEN)) {
    for (const object of (await must<{ items: Json[] }>(peer, 'GET', path)).items) {
      const { namespace = '', name } = object.metadata;
      objects.set(`${resource}/${namespace}/${name}`, object);
    }
  }
  return objects;
}

/** Text, so that verdicts can be compared. */
export async function upstream(peer: Target, pending: Json, before: Objects): Promise<{ pod: Json; verdict: string }> {
  const pod = await must<Json>(peer, 'POST', podsOf('default'), pending);
  for (let i = 0; i < 200; i++) {
    await pause(20);
    const { spec, status } = await must<Json>(peer, 'GET', `${podsOf('default')}/pending`);
    if (spec.nodeName) return { pod, verdict: JSON.stringify({ node: spec.nodeName }) };
    const condition = status.conditions?.find((c: Json) => c.type === 'PodScheduled' && c.status === 'False');
    if (!condition && status.nominatedNodeName) {
      // No controller is there to bind its volumes.
      const volumes = await handedOver(peer, before);
      return { pod, verdict: JSON.stringify({ node: status.nominatedNodeName, volumes }) };
    }
    if (!condition) continue;
    const victims = await victimsOf(peer, before);
    const after = await must<Json>(peer, 'GET', `${podsOf('default')}/pending`);
    const nominated = after.status.nominatedNodeName ?? '';
    return { pod, verdict: rejection(condition.message, nominated, victims) };
  }
  return { pod, verdict: 'none in four seconds' };
}

/** The decisions on volumes that are written while the pod waits: `f1 for w0`, `w1 at n2`. */
async function handedOver(peer: Target, before: Objects): Promise<string[]> {
  await pause(200);
  const told: string[] = [];
  for (const [resource, path] of [
    ['persistentvolumes', VOLUMES],
    ['persistentvolumeclaims', CLAIMS],
  ] as const) {
    for (const object of (await must<{ items: Json[] }>(peer, 'GET', path)).items) {
      const { namespace = '', name, resourceVersion } = object.metadata;
      const old = before.get(`${resource}/${namespace}/${name}`);
      if (old?.metadata.resourceVersion !== resourceVersion) told.push(decisionOf(object));
    }
  }
  return told.sort();
}

function decisionOf({ metadata, spec }: Json): string {
  const { claimRef } = spec;
  return claimRef
    ? `${metadata.name} for ${claimRef.name}`
    : `${metadata.name} at ${metadata.annotations[SELECTED_NODE]}`;
}

/** Victims are deleted beside the pod's status, the last of them after the others. */
async function victimsOf(peer: Target, before: Objects): Promise<string[]> {
  let known = '';
  for (;;) {
    await pause(100);
    const { items } = await must<{ items: Json[] }>(peer, 'GET', '/api/v1/pods');
    const victims = items
      .filter(({ metadata }) => metadata.deletionTimestamp)
      .filter((p) => !before.get(`pods/${p.metadata.namespace}/${p.metadata.name}`)?.metadata.deletionTimestamp)
      .map(({ metadata }) => metadata.name as string);
    if (victims.join() === known) return victims;
    known = victims.join();
  }
}

/** All answers that Islet may give. */
export function islet(pod: Json, objects: Objects): Set<string> {
  const reader = {
    lookup: (key: string) => objects.get(key),
    list: (prefix: string) => [...objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object),
  };
  const verdicts = new Set<string>();
  for (let i = 1; i <= TRIES; i++) {
    const snapshot = new Snapshot(reader);
    for (const [key, object] of objects) {
      if (key.startsWith('nodes/')) snapshot.setNode(projectNode(object));
      else if (key.startsWith('pods/') && !isTerminal(object)) snapshot.setPod(projectPod(key, object, 1));
    }
    const outcome = schedule(pod, snapshot, chance(i * 2_654_435_761));
    if ('node' in outcome) {
      const step = nextStep(DEFAULT_PROFILE.points, outcome);
      const node = outcome.node.name;
      const volumes =
        step.step === 'wait' ? (step.wait.writes ?? []).map(({ body }) => decisionOf(body)).sort() : undefined;
      verdicts.add(JSON.stringify({ node, volumes }));
    } else {
      const victims = (outcome.victims ?? [])
        .filter(({ deleting }) => !deleting)
        .map(({ key }) => key.split('/')[2] ?? '');
      verdicts.add(rejection(outcome.unschedulable, outcome.nominatedNodeName ?? '', victims));
    }
  }
  return verdicts;
}

function rejection(message: string, nominated: string, victims: string[]): string {
  return JSON.stringify({ message, nominated, victims: victims.sort() });
}
