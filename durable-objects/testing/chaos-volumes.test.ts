/**
 * Volumes, claims, classes and pods that users make, change and delete in any order, in an object that dies at any step:
 * once all is quiet, each claim has the volume that has it, none waits for one that is free, and what was deleted is gone.
 */
import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../kube/types.ts';
import { refersTo } from '../../kube/volumes/binding.ts';
import { findMatchingVolume, offersModes, volumeFacts } from '../../kube/volumes/matching.ts';
import { type Actions, led, seeds } from './chaos.ts';
import type { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const PODS = '/api/v1/namespaces/default/pods';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
const NAMES = ['a', 'b', 'c'];
const MINUTE = 60_000;
const STEPS = 90;
/** `late` waits for a consumer, and nothing makes its volumes; of `manual` there is no such class. */
const CLASS_NAMES = ['manual', 'late', 'standard', ''];

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const volume = () => {
    const metadata = { name: `v-${pick(NAMES)}` };
    const source = pick<object>([{ hostPath: { path: '/tmp/v' } }, { nfs: { server: 's', path: '/' } }]);
    const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['sim-1'] }] };
    const spec = {
      capacity: { storage: pick(['1Gi', '2Gi']) },
      accessModes: pick([['ReadWriteOnce'], ['ReadWriteOnce', 'ReadOnlyMany']]),
      storageClassName: pick(['manual', 'late', '']),
      persistentVolumeReclaimPolicy: pick(['Retain', 'Delete']),
      ...source,
      ...(next() < 0.3 ? { claimRef: { namespace: 'default', name: pick(NAMES) } } : {}),
      ...(next() < 0.3 ? { nodeAffinity: { required: { nodeSelectorTerms: [term] } } } : {}),
    };
    return { metadata, spec };
  };
  const claim = () => ({
    metadata: { name: pick(NAMES) },
    spec: {
      accessModes: [pick(['ReadWriteOnce', 'ReadWriteOnce', 'ReadOnlyMany'])],
      resources: { requests: { storage: pick(['1Gi', '2Gi']) } },
      ...(next() < 0.9 ? { storageClassName: pick(CLASS_NAMES) } : {}),
      ...(next() < 0.2 ? { volumeName: `v-${pick(NAMES)}` } : {}),
    },
  });
  const pod = () => ({
    metadata: { name: pick(['p', 'q']) },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'c', image: 'i' }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: pick(NAMES) } }],
    },
  });
  const policy = () => ({ spec: { persistentVolumeReclaimPolicy: pick(['Retain', 'Delete']) } });
  const anyVolume = async (): Promise<string> => {
    const all = await cluster.list(VOLUMES);
    return `${VOLUMES}/${all.length > 0 ? pick(all).metadata.name : 'none'}`;
  };
  const late = {
    metadata: { name: 'late' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const isDefault = () => ({ 'storageclass.kubernetes.io/is-default-class': pick(['true', 'false']) });
  return [
    () => send(`POST ${VOLUMES}`, volume()),
    () => send(`POST ${VOLUMES}`, volume()),
    () => send(`POST ${CLAIMS}`, claim()),
    () => send(`POST ${CLAIMS}`, claim()),
    () => send(`POST ${PODS}`, pod()),
    () => send(`POST ${PODS}`, pod()),
    () => send(`POST ${CLASSES}`, late),
    () => send(`PATCH ${CLASSES}/standard`, { metadata: { annotations: isDefault() } }, MERGE),
    async () => send(`PATCH ${await anyVolume()}`, policy(), MERGE),
    async () => send(`DELETE ${await anyVolume()}`),
    () => send(`DELETE ${CLAIMS}/${pick(NAMES)}`),
    () => send(`DELETE ${PODS}/${pick(['p', 'q'])}`),
    () => send(`DELETE ${CLASSES}/late`),
    () => cluster.advance(Math.floor(next() * MINUTE)),
  ];
};

/** What is not as it should be. */
async function faults(cluster: TestCluster): Promise<string[]> {
  const found: string[] = [];
  const volumes = await cluster.list<PersistentVolume>(VOLUMES);
  const claims = await cluster.list<PersistentVolumeClaim>(CLAIMS);
  const pods = await cluster.list<Pod>(PODS);
  const classes = new Set((await cluster.list(CLASSES)).map(({ metadata }) => metadata.name));
  const wrong = (what: { kind?: string; metadata: { name?: string } }, why: string): void => {
    found.push(`${what.metadata.name} ${why}: ${JSON.stringify(what)}`);
  };
  for (const claim of claims) {
    const { metadata, spec, status } = claim;
    const isUsed = pods.some(({ spec: { nodeName, volumes: all } = { containers: [] } }) => {
      return nodeName && all?.some((one) => one.persistentVolumeClaim?.claimName === metadata.name);
    });
    if (metadata.deletionTimestamp && !isUsed) wrong(claim, 'is used by no pod, and stays');
    const own = volumes.find((volume) => volume.metadata.name === spec?.volumeName);
    if (status?.phase === 'Bound') {
      if (own?.spec?.claimRef?.uid !== metadata.uid) wrong(claim, 'is bound to a volume that is not its own');
      else if (own && own.status?.phase !== 'Bound') wrong(own, 'is bound, and does not say so');
    } else if (status?.phase === 'Pending') {
      if (own && own.spec?.claimRef?.uid === metadata.uid) wrong(claim, 'has its volume, and is pending');
      const isLate = classes.has(spec?.storageClassName ?? '') && spec?.storageClassName !== '';
      const free = volumes.map(volumeFacts).filter((facts) => facts.phase === 'Available' && offersModes(facts, claim));
      const match = spec?.volumeName ? undefined : findMatchingVolume(claim, free, { isDelayed: isLate });
      if (match) wrong(claim, `could have ${match.name}`);
    }
  }
  for (const volume of volumes) {
    const { metadata, spec, status } = volume;
    const claim = claims.find((one) => one.metadata.uid === spec?.claimRef?.uid);
    if (metadata.deletionTimestamp && status?.phase !== 'Bound') wrong(volume, 'is not bound, and stays');
    if (status?.phase === 'Bound' && !claim) wrong(volume, 'is bound to a claim that is gone');
    if (status?.phase === 'Bound' && claim?.spec?.volumeName !== metadata.name)
      wrong(volume, 'is not what its claim has');
    if (status?.phase === 'Available' && spec?.claimRef?.uid) wrong(volume, 'is kept for a claim, and free');
    const isGone = spec?.claimRef?.uid !== undefined && !claim;
    const deletable = spec?.hostPath && spec.persistentVolumeReclaimPolicy === 'Delete';
    if (isGone && deletable) wrong(volume, 'was to be deleted with its claim');
    if (isGone && !deletable && !['Released', 'Failed'].includes(status?.phase ?? '')) wrong(volume, 'is not released');
  }
  const taken = claims.flatMap(({ status, spec }) => (status?.phase === 'Bound' ? [spec?.volumeName] : []));
  if (new Set(taken).size < taken.length) found.push(`two claims have one volume: ${taken.join(', ')}`);
  for (const pod of pods) {
    const name = pod.spec?.volumes?.find((one) => one.persistentVolumeClaim)?.persistentVolumeClaim?.claimName;
    const claim = claims.find((one) => one.metadata.name === name);
    const isReady = claim?.status?.phase === 'Bound' && !claim.metadata.deletionTimestamp;
    if (isReady && pod.status?.phase !== 'Running') wrong(pod, 'does not run, though its claim is bound');
    const isMade = claim?.spec?.storageClassName === 'standard' && claim.spec.accessModes?.[0] === 'ReadWriteOnce';
    const isForeign = volumes.some(
      ({ spec }) => claim && refersTo(spec?.claimRef && ({ ...spec.claimRef } as never), claim),
    );
    if (isMade && !claim.spec?.volumeName && !isForeign && !claim.metadata.deletionTimestamp)
      wrong(pod, 'waits for a volume that is to be made');
  }
  return found;
}

test.each(seeds(1, 2, 6, 14, 43))(
  'volumes and claims agree in the end, whatever happened (%i)',
  async (seed) => {
    const { cluster } = await led(seed, actions, STEPS);
    await cluster.advance(5 * MINUTE);
    expect([await faults(cluster), cluster.reported]).toEqual([[], []]);
  },
  60_000,
);
