/**
 * Devices, claims, templates and pods that users and drivers make, taint and delete in any order, in an object that dies at
 * any step: once all is quiet, no device is held twice, claims are held for pods that use them alone, and no pod waits for
 * a device that is free.
 */
import { expect, test } from 'vitest';
import type { Pod, ResourceClaim, ResourceSlice } from '../../kube/types.ts';
import { type Actions, led, seeds } from './chaos.ts';
import type { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const R = '/apis/resource.k8s.io/v1';
const SLICES = `${R}/resourceslices`;
const CLAIMS = `${R}/namespaces/default/resourceclaims`;
const TEMPLATES = `${R}/namespaces/default/resourceclaimtemplates`;
const PODS = '/api/v1/namespaces/default/pods';
const DRIVER = 'gpu.example.com';
const EXTENDED = 'example.com/gpu';
const FINALIZER = 'resource.kubernetes.io/delete-protection';
const NODES = ['sim-0', 'sim-1'];
const MINUTE = 60_000;
const STEPS = 90;

const requests = [{ name: 'r', exactly: { deviceClassName: 'any' } }];
const template = { metadata: { name: 't' }, spec: { spec: { devices: { requests } } } };

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const devices = () => {
    const effect = pick(['None', 'NoSchedule', 'NoExecute']);
    const taints = next() < 0.3 ? { taints: [{ key: 'k', effect }] } : {};
    return [{ name: 'd0', ...taints }, { name: 'd1' }];
  };
  const slice = (nodeName: string) => ({
    metadata: { name: `of-${nodeName}` },
    spec: {
      driver: DRIVER,
      nodeName,
      pool: { name: nodeName, generation: 1, resourceSliceCount: 1 },
      devices: devices(),
    },
  });
  const pod = () => {
    const uses = pick<object>([
      { resourceClaims: [{ name: 'c', resourceClaimName: pick(['x', 'y']) }] },
      { resourceClaims: [{ name: 'c', resourceClaimTemplateName: 't' }] },
      { limits: { [EXTENDED]: '1' } },
    ]) as { resourceClaims?: object[]; limits?: object };
    const { limits, ...claims } = uses;
    const annotations = next() < 0.3 ? { 'islet.dev/simulated-exit-after': '20' } : {};
    const containers = [{ name: 'c', image: 'i', ...(limits ? { resources: { limits } } : {}) }];
    return {
      metadata: { name: pick(['p', 'q', 's', 'u']), annotations },
      spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers, ...claims },
    };
  };
  return [
    () => send(`POST ${SLICES}`, slice(pick(NODES))),
    () => send(`POST ${SLICES}`, slice(pick(NODES))),
    () => send(`PATCH ${SLICES}/of-${pick(NODES)}`, { spec: { devices: devices() } }, MERGE),
    () => send(`DELETE ${SLICES}/of-${pick(NODES)}`),
    () => send(`POST ${CLAIMS}`, { metadata: { name: pick(['x', 'y']) }, spec: { devices: { requests } } }),
    () => send(`POST ${CLAIMS}`, { metadata: { name: pick(['x', 'y']) }, spec: { devices: { requests } } }),
    () => send(`DELETE ${CLAIMS}/${pick(['x', 'y'])}`),
    async () => {
      const claims = await cluster.list(CLAIMS);
      if (claims.length > 0) await send(`DELETE ${CLAIMS}/${pick(claims).metadata.name}`);
    },
    () => send(`POST ${TEMPLATES}`, template),
    () => send(`DELETE ${TEMPLATES}/t`),
    () => send(`POST ${PODS}`, pod()),
    () => send(`POST ${PODS}`, pod()),
    () => send(`POST ${PODS}`, pod()),
    () => send(`DELETE ${PODS}/${pick(['p', 'q', 's', 'u'])}`),
    () => cluster.advance(Math.floor(next() * MINUTE)),
  ];
};

const deviceOf = ({ driver, pool, device }: { driver: string; pool: string; device: string }) =>
  `${driver}/${pool}/${device}`;
const isDone = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** The devices that nothing keeps a claim from, by their ids, and those that evict. */
async function devices(cluster: TestCluster): Promise<{ free: Set<string>; evicting: Set<string> }> {
  const [free, evicting] = [new Set<string>(), new Set<string>()];
  for (const { spec } of await cluster.list<ResourceSlice>(SLICES)) {
    for (const { name, taints = [] } of spec.devices ?? []) {
      const id = deviceOf({ driver: spec.driver, pool: spec.pool.name, device: name });
      if (taints.every(({ effect }) => effect === 'None')) free.add(id);
      if (taints.some(({ effect }) => effect === 'NoExecute')) evicting.add(id);
    }
  }
  return { free, evicting };
}

/** What is not as it should be. */
async function faults(cluster: TestCluster): Promise<string[]> {
  const found: string[] = [];
  const { free, evicting } = await devices(cluster);
  const claims = await cluster.list<ResourceClaim>(CLAIMS);
  const pods = await cluster.list<Pod>(PODS);
  const wrong = (what: { metadata: { name?: string } }, why: string): void => {
    found.push(`${what.metadata.name} ${why}: ${JSON.stringify(what)}`);
  };
  const held = new Map<string, string>();
  for (const claim of claims) {
    const { metadata, status } = claim;
    const consumers = (status?.reservedFor ?? []).map(({ uid }) => pods.find((pod) => pod.metadata.uid === uid));
    if (consumers.some((pod) => !pod || isDone(pod))) wrong(claim, 'is reserved for a pod that is done');
    if (status?.allocation && consumers.length === 0) wrong(claim, 'holds devices, and nothing uses it');
    if (metadata.finalizers?.includes(FINALIZER) !== (status?.allocation !== undefined) && metadata.finalizers?.length)
      wrong(claim, 'is protected, and holds nothing');
    if (metadata.deletionTimestamp && consumers.length === 0) wrong(claim, 'is used by nothing, and stays');
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    const maker = owner && pods.find((pod) => pod.metadata.uid === owner.uid);
    if (owner && (!maker || isDone(maker))) wrong(claim, 'was made for a pod that is done');
    for (const result of status?.allocation?.devices?.results ?? []) {
      const id = deviceOf(result);
      const other = held.get(id);
      if (other) wrong(claim, `holds ${id}, which ${other} holds`);
      held.set(id, metadata.name ?? '');
      // As upstream, pods with extended resources are not evicted.
      const isExtended = metadata.annotations?.['resource.kubernetes.io/extended-resource-claim'] !== undefined;
      if (evicting.has(id) && !isExtended) wrong(claim, `is used with ${id}, which is tainted`);
    }
  }
  const isFree = [...free].some((id) => !held.has(id));
  for (const pod of pods) {
    if (isDone(pod) || pod.metadata.deletionTimestamp) continue;
    const names = [
      ...(pod.spec?.resourceClaims ?? []).map(({ name, resourceClaimName }) => {
        return (
          resourceClaimName ?? pod.status?.resourceClaimStatuses?.find((one) => one.name === name)?.resourceClaimName
        );
      }),
      ...(pod.status?.extendedResourceClaimStatus ? [pod.status.extendedResourceClaimStatus.resourceClaimName] : []),
    ];
    const own = names.map((name) => claims.find(({ metadata }) => metadata.name === name));
    const isReserved = own.every((claim) => claim?.status?.reservedFor?.some(({ uid }) => uid === pod.metadata.uid));
    if (pod.spec?.nodeName) {
      if (!isReserved) wrong(pod, 'runs without its claim');
      continue;
    }
    const isExtended = pod.spec?.containers[0]?.resources?.limits?.[EXTENDED] !== undefined;
    const isAsking =
      isExtended || own.every((claim) => claim && !claim.metadata.deletionTimestamp && !claim.status?.allocation);
    const isShared = own.some((claim) => claim?.status?.allocation && !claim.metadata.deletionTimestamp);
    if (isAsking && isFree) wrong(pod, 'waits, though a device is free');
    if (isShared) wrong(pod, 'waits, though its claim has its device');
  }
  return found;
}

test.each(seeds(1, 2, 3, 4, 5))(
  'claims and devices agree in the end, whatever happened (%i)',
  async (seed) => {
    const any = { metadata: { name: 'any' }, spec: { extendedResourceName: EXTENDED } };
    const prepared: Actions = (cluster, next) => {
      const all = actions(cluster, next);
      return [...all, () => cluster.send(`POST ${R}/deviceclasses`, any)];
    };
    const { cluster } = await led(seed, prepared, STEPS, { simulatedNodes: 2 });
    await cluster.advance(10 * MINUTE);
    expect([await faults(cluster), cluster.reported]).toEqual([[], []]);
  },
  60_000,
);
