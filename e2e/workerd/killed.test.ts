/**
 * workerd is killed outright in the middle of everything, again and again: the end is the same as if it had not been.
 */
import { expect, test } from 'vitest';
import { type Endpoint, send } from '../../cli/local/client.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Deployment, Pod, ReplicaSet } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { isRunning, serverPid } from './process.ts';
import { get, Machine } from './service.ts';

const REPLICAS = 60;
const IMAGES = ['nginx:1.14.2', 'nginx:1.16.1', 'nginx:1.27.0', 'nginx:1.29.0'];
/** For each rollout, the milliseconds within which a kill comes. One takes half a second. */
const KILLS = [50, 100, 400];
const WRITERS = 3;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MAPS = '/api/v1/namespaces/default/configmaps';

interface List<T> {
  items: T[];
}

test('killed at random moments of rollouts, it reaches the same end, and nothing acknowledged is lost', async () => {
  await using machine = new Machine();
  let up = await machine.up().ready();
  let cluster = await machine.cluster();
  const [first = '', ...later] = IMAGES;
  for (const name of ['calm', 'shaken']) {
    await must(cluster, 'POST', DEPLOYMENTS, deployment(name, first));
    await eventually(() => settled(cluster, name, first), 30_000);
  }
  for (const image of later) {
    await must(cluster, 'PUT', `${DEPLOYMENTS}/calm`, deployment('calm', image));
    await eventually(() => settled(cluster, 'calm', image), 30_000);
  }

  const acknowledged = new Map<string, string>();
  const moments: number[] = [];
  /** Kills that came before a rollout was done. */
  let interrupted = 0;
  /** While ConfigMaps are being written; each that was acknowledged is there in the next life. */
  const killAndRestart = async (withinMs: number): Promise<void> => {
    const stop = write(cluster, `r${moments.length}`, acknowledged);
    const moment = Math.floor(Math.random() * withinMs);
    moments.push(moment);
    await new Promise((resolve) => setTimeout(resolve, moment));
    const shaken = await deploymentOf(cluster, 'shaken').catch(() => undefined);
    if (shaken?.status?.observedGeneration !== shaken?.metadata.generation) interrupted++;
    else if (shaken?.status?.updatedReplicas !== REPLICAS || shaken.status.replicas !== REPLICAS) interrupted++;
    // workerd dies with its launcher, by the same signal.
    const server = serverPid(machine.state);
    up.process.kill('SIGKILL');
    await eventually(() => expect(isRunning(server)).toBe(false));
    await stop();
    up = await machine.up().ready();
    cluster = await machine.cluster();
    const maps = (await get<List<KubeObject>>(cluster, MAPS)).items;
    const kept = new Map(maps.map((map) => [nameOf(map), versionOf(map)]));
    expect([...acknowledged].filter(([name, version]) => kept.get(name) !== version)).toEqual([]);
  };
  for (const image of later) {
    await must(cluster, 'PUT', `${DEPLOYMENTS}/shaken`, deployment('shaken', image));
    for (const withinMs of KILLS) await killAndRestart(withinMs);
    await eventually(() => settled(cluster, 'shaken', image), 60_000);
  }
  const killed = `killed after ${moments.join(', ')} ms`;
  await eventually(async () => {
    expect(await endOf(cluster, 'shaken'), killed).toEqual(await endOf(cluster, 'calm'));
  });
  // Without kills in time nothing was put to the test.
  expect([interrupted >= later.length, acknowledged.size > 10], killed).toEqual([true, true]);

  await must(cluster, 'DELETE', `${DEPLOYMENTS}/shaken`);
  await killAndRestart(100);
  await eventually(async () => {
    expect(await podsOf(cluster, 'shaken')).toEqual([]);
    expect(await setsOf(cluster, 'shaken')).toEqual([]);
    expect(await podsOf(cluster, 'calm')).toHaveLength(REPLICAS);
  }, 60_000);
}, 150_000);

function deployment(name: string, image: string): unknown {
  const labels = { app: name };
  const containers = [{ name: 'nginx', image, ports: [{ containerPort: 80 }] }];
  const template = { metadata: { labels }, spec: { containers } };
  return { metadata: { name }, spec: { replicas: REPLICAS, selector: { matchLabels: labels }, template } };
}

async function must(cluster: Endpoint, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await send(cluster, method, path, body);
  expect(answer.status, answer.text).toBeLessThan(300);
}

const deploymentOf = (cluster: Endpoint, name: string) => get<Deployment>(cluster, `${DEPLOYMENTS}/${name}`);
const nameOf = ({ metadata }: KubeObject) => metadata.name ?? '';
const versionOf = ({ metadata }: KubeObject) => metadata.resourceVersion ?? '';

const podsOf = async (cluster: Endpoint, name: string) =>
  (await get<List<Pod>>(cluster, `/api/v1/namespaces/default/pods?labelSelector=app%3D${name}`)).items;

const setsOf = async (cluster: Endpoint, name: string) =>
  (await get<List<ReplicaSet>>(cluster, `/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3D${name}`))
    .items;

async function settled(cluster: Endpoint, name: string, image: string): Promise<void> {
  const pods = await podsOf(cluster, name);
  expect(pods.map(({ spec, status }) => [spec?.containers[0]?.image, status?.phase])).toEqual(
    Array.from({ length: REPLICAS }, () => [image, 'Running']),
  );
  const { status } = await deploymentOf(cluster, name);
  expect(status).toMatchObject({ updatedReplicas: REPLICAS, availableReplicas: REPLICAS, replicas: REPLICAS });
}

/** Facts that two Deployments with one history share: no names, times and addresses. */
async function endOf(cluster: Endpoint, name: string): Promise<unknown> {
  const { status, metadata } = await deploymentOf(cluster, name);
  const sets = await setsOf(cluster, name);
  const pods = await podsOf(cluster, name);
  return {
    deployment: [
      metadata.annotations,
      { ...status, conditions: status?.conditions?.map(({ type, status }) => [type, status]).sort() },
    ],
    sets: sets
      .map(({ metadata, spec, status }) => [
        metadata.annotations,
        spec?.template?.spec?.containers[0]?.image,
        // In how many steps it was scaled is a matter of when they came.
        { ...status, observedGeneration: undefined },
      ])
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    pods: pods.map(({ status, metadata }) => [
      metadata.ownerReferences?.length,
      metadata.deletionTimestamp,
      status?.phase,
      status?.conditions?.map(({ type, status }) => [type, status]).sort(),
      status?.containerStatuses?.map(({ ready, restartCount, started }) => [ready, restartCount, started]),
    ]),
    addresses: new Set(pods.map(({ status }) => status?.podIP)).size,
  };
}

/** Creates ConfigMaps, and notes those that were acknowledged, until it is stopped. */
function write(cluster: Endpoint, prefix: string, acknowledged: Map<string, string>): () => Promise<void> {
  let going = true;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let count = 0; going; count++) {
      const name = `${prefix}-${writer}-${count}`;
      const answer = await send(cluster, 'POST', MAPS, { metadata: { name } }).catch(() => undefined);
      if (answer?.status === 201) acknowledged.set(name, versionOf(JSON.parse(answer.text) as KubeObject));
    }
  });
  return async () => {
    going = false;
    await Promise.all(writers);
  };
}
