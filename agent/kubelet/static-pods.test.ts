import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { settle } from '../testing/fake-clock.ts';
import { NodeRig, pod } from '../testing/node-rig.ts';

const MIRROR = 'kubernetes.io/config.mirror';

class StaticRig extends NodeRig {
  put(name: string, container: object = {}, spec: object = {}): void {
    const containers = [{ name: 'c', image: 'run', imagePullPolicy: 'IfNotPresent', ...container }];
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...spec } };
    writeFileSync(join(this.folders.manifests, `${name}.json`), JSON.stringify(manifest));
  }

  remove(name: string): void {
    rmSync(join(this.folders.manifests, `${name}.json`));
  }

  get mirror(): Pod | undefined {
    return this.cluster.pod('web-n1');
  }
}

const isReady = (mirror: Pod | undefined) =>
  mirror?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

test('A static pod runs before its cluster is heard; then a mirror owned by the node shows it', async () => {
  await using rig = new StaticRig();
  rig.put('web');
  rig.cluster.reachable = false;
  rig.services = () => undefined;
  const run = rig.startAgent();
  await rig.until('running', () => rig.runtime.running().length === 1, 20);
  expect(rig.steps.calls.filter((call) => call.startsWith('api POST /api/v1/namespaces/default/pods'))).toEqual([]);
  rig.cluster.reachable = true;
  run.reconnect();
  await rig.until('ready', () => isReady(rig.mirror));
  const [sandbox] = [...rig.runtime.sandboxes.values()];
  const uid = sandbox?.metadata.uid ?? '';
  expect(rig.mirror?.metadata).toMatchObject({
    annotations: { [MIRROR]: uid, 'kubernetes.io/config.hash': uid, 'kubernetes.io/config.source': 'file' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'uid-of-n1', controller: true }],
  });
  expect(rig.mirror?.metadata.uid).not.toBe(uid);
  expect(rig.mirror?.status?.phase).toBe('Running');
  // A stream is asked for by the mirror's uid.
  expect(run.kubelet.find('default', 'web-n1', rig.mirror?.metadata.uid ?? '')?.metadata.uid).toBe(uid);
});

test('A mirror that is deleted is made anew, and the pod runs on; a status that another changed is said again', async () => {
  await using rig = new StaticRig();
  rig.put('web');
  rig.startAgent();
  await rig.until('ready', () => isReady(rig.mirror));
  const [container] = rig.runtime.running();
  const first = rig.mirror?.metadata.uid;
  rig.cluster.delete('web-n1');
  await rig.until('made anew', () => rig.mirror?.metadata.uid !== first && isReady(rig.mirror));
  const second = rig.mirror?.metadata.uid;
  rig.cluster.delete('web-n1', 0);
  await rig.until('made anew', () => rig.mirror?.metadata.uid !== second && isReady(rig.mirror));
  rig.cluster.create({ ...(rig.mirror as Pod), status: { ...rig.mirror?.status, phase: 'Failed' } });
  await rig.until('said again', () => rig.mirror?.status?.phase === 'Running');
  expect(rig.runtime.running().map(({ id }) => id)).toEqual([container?.id]);
});

test('When its file changes, the old pod ends with its grace before the new one starts, under a new mirror', async () => {
  await using rig = new StaticRig();
  rig.put('web', { image: 'stubborn' }, { terminationGracePeriodSeconds: 7 });
  rig.startAgent();
  await rig.until('ready', () => isReady(rig.mirror));
  const first = rig.mirror?.metadata;
  rig.put('web', { image: 'run' });
  await rig.until('ended and started', () => isReady(rig.mirror) && rig.mirror?.metadata.uid !== first?.uid, 60);
  const acts = rig.acts().map((act) => act.replace(/sandbox-\d+/, 'S'));
  expect(acts.slice(acts.indexOf('stopContainer c 7'))).toEqual([
    'stopContainer c 7',
    'stopSandbox S',
    'removeContainer c',
    'stopSandbox S',
    'removeSandbox S',
    'runSandbox web-n1',
    'pullImage run:latest',
    'createContainer c',
    'startContainer c',
  ]);
  expect(rig.mirror?.metadata.annotations?.[MIRROR]).not.toBe(first?.annotations?.[MIRROR]);
});

test('When its file is removed the pod ends, and then its mirror; a file that comes back starts it again', async () => {
  await using rig = new StaticRig();
  rig.put('web', { image: 'stubborn' });
  rig.put('other');
  rig.startAgent();
  await rig.until('ready', () => isReady(rig.mirror));
  const { uid } = rig.mirror?.metadata ?? {};
  rig.remove('web');
  await rig.until('ending', () => rig.acts().includes('stopContainer c 30'), 30);
  expect(rig.mirror?.metadata.uid).toBe(uid);
  // The same content, and so the same uid, while the first one still ends.
  rig.put('web', { image: 'stubborn' });
  await rig.until(
    'ended and started again',
    () => rig.acts().filter((act) => act === 'runSandbox web-n1').length === 2,
  );
  rig.remove('web');
  await rig.untilGone('web-n1');
  expect(isReady(rig.cluster.pod('other-n1'))).toBe(true);
});

test('A new agent without its cluster goes on with the containers of static pods, and ends those without a file', async () => {
  await using rig = new StaticRig();
  rig.put('web');
  rig.put('old');
  rig.startAgent();
  await rig.until('ready', () => isReady(rig.mirror) && isReady(rig.cluster.pod('old-n1')));
  const web = rig.mirror?.metadata;
  const [container] = rig.runtime.running().filter(({ sandbox }) => {
    return rig.runtime.sandboxes.get(sandbox)?.metadata.name === 'web-n1';
  });
  rig.cluster.reachable = false;
  rig.remove('old');
  const run = rig.startAgent();
  await rig.clock.advance(30_000);
  expect(rig.acts()).toEqual([]);
  rig.cluster.reachable = true;
  run.reconnect();
  await rig.untilGone('old-n1');
  await settle();
  expect(rig.mirror?.metadata.uid).toBe(web?.uid);
  expect(rig.runtime.running().map(({ id }) => id)).toEqual([container?.id]);
});

test('A folder that cannot be read holds up no pod of the cluster, and no mirror is taken for an orphan', async () => {
  await using rig = new StaticRig();
  rig.put('web');
  rig.startAgent();
  await rig.until('ready', () => isReady(rig.mirror));
  const { uid } = rig.mirror?.metadata ?? {};
  rig.podManifestPath = '/dev/null';
  rig.startAgent();
  rig.cluster.create(pod('plain'));
  await rig.untilReady('plain');
  await rig.clock.advance(120_000);
  expect(rig.mirror?.metadata.uid).toBe(uid);
  expect(rig.runtime.running()).toHaveLength(2);
});

test('A refused mirror is tried again and logged once; a pod of the API is neither static nor a mirror by its word', async () => {
  await using rig = new StaticRig();
  rig.put('web');
  const run = rig.startAgent();
  let refusals = 3;
  run.steps.fault = (call) =>
    call === 'api POST /api/v1/namespaces/default/pods' && refusals-- > 0 ? new Error('not now') : undefined;
  await rig.until('ready', () => isReady(rig.mirror));
  expect(run.logged.filter((text) => text.includes('not now'))).toEqual([
    'mirror of static pod default/web-n1: not now',
  ]);
  const claiming = pod('claiming');
  claiming.metadata.annotations = { 'kubernetes.io/config.source': 'file' };
  rig.cluster.create(claiming);
  await rig.untilReady('claiming');
  // A pod of another name is no mirror of the static pod.
  const { annotations } = rig.mirror?.metadata ?? {};
  rig.cluster.create({ ...pod('stranger'), metadata: { ...pod('stranger').metadata, annotations } });
  const [container] = rig.runtime.running().filter(({ labels }) => labels['io.kubernetes.pod.name'] === 'web-n1');
  rig.runtime.exit(container?.id ?? '', 1);
  await rig.until('reported', () => rig.mirror?.status?.containerStatuses?.[0]?.restartCount === 1);
  await rig.untilGone('stranger');
  rig.cluster.delete('claiming', 1);
  await rig.untilGone('claiming');
});
