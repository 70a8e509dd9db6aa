import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { bindMount, isMountPoint, mountMemory, mountsWithin, mountTable } from '../files/mount-table.ts';
import { mayMount, TestFolders, volumeRequest } from '../testing/volumes.ts';
import { VolumeManager } from './manager.ts';
import type { VolumePlugin } from './volume.ts';

let folders: TestFolders;
beforeEach(() => {
  folders = new TestFolders();
});
afterEach(() => folders[Symbol.asyncDispose]());

const podWith = (volumes: object[], spec: object = {}, uid = 'u'): Pod =>
  ({
    metadata: { name: 'p', namespace: 'default', uid, labels: { app: 'one' } },
    spec: { containers: [{ name: 'c' }], volumes, ...spec },
  }) as unknown as Pod;
const modeOf = (path: string) => statSync(path).mode & 0o7777;
const configMap = (data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data });

test('an emptyDir has its mode once, and keeps what its containers make of it, also under another agent', async () => {
  const pod = podWith([{ name: 'data', emptyDir: {} }]);
  const path = (await new VolumeManager(folders).publish(volumeRequest(pod))).get('data')?.path ?? '';
  expect(modeOf(path)).toBe(0o777);
  chmodSync(path, 0o700);
  writeFileSync(join(path, 'PG_VERSION'), '17');
  const again = new VolumeManager(folders);
  expect((await again.publish(volumeRequest(pod))).get('data')).toEqual({ path, readOnly: false });
  await again.refresh(volumeRequest(pod));
  expect(modeOf(path)).toBe(0o700);
  await again.unpublish('u');
  expect(readdirSync(folders.pods)).toEqual([]);
});

test('other users of the machine can enter no folder of a pod', () => {
  for (const folder of [folders.state, folders.pods, folders.logs, folders.staging]) expect(modeOf(folder)).toBe(0o700);
});

test('downward API and ConfigMap volumes follow their changes', async () => {
  const volumes = [
    { name: 'me', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    { name: 'config', configMap: { name: 'config' } },
    { name: 'later', configMap: { name: 'later' } },
  ];
  const manager = new VolumeManager(folders);
  const pod = podWith(volumes);
  const objects = { 'configmaps/config': configMap({ a: '1' }) };
  await expect(manager.publish(volumeRequest(pod, objects))).rejects.toMatchObject({
    volume: 'later',
    message: 'configmap "later" not found',
  });
  const all = { ...objects, 'configmaps/later': configMap({}) };
  const published = await manager.publish(volumeRequest(pod, all));
  expect([...published.values()].every(({ readOnly }) => readOnly)).toBe(true);
  const text = (volume: string, file: string) => readFileSync(join(published.get(volume)?.path ?? '', file), 'utf8');
  expect([text('me', 'labels'), text('config', 'a')]).toEqual(['app="one"', '1']);
  const changed = { ...pod, metadata: { ...pod.metadata, labels: { app: 'two' } } };
  // A volume that cannot be had any more holds up no other.
  const fewer = { 'configmaps/config': configMap({ a: '2' }) };
  await expect(manager.refresh(volumeRequest(changed, fewer))).rejects.toThrow('"later" not found');
  expect([text('me', 'labels'), text('config', 'a')]).toEqual(['app="two"', '2']);
  expect(manager.isLive(pod.spec?.volumes)).toBe(true);
  expect(manager.isLive([{ name: 'x', emptyDir: {} }])).toBe(false);
});

test('other volumes find their mount points in one that containers cannot write', async () => {
  const mounts = [
    { name: 'config', mountPath: '/etc/app' },
    { name: 'data', mountPath: '/etc/app/data' },
  ];
  const pod = podWith(
    [
      { name: 'config', configMap: { name: 'config' } },
      { name: 'data', emptyDir: {} },
    ],
    {
      containers: [{ name: 'c', volumeMounts: mounts }],
    },
  );
  const manager = new VolumeManager(folders);
  const request = volumeRequest(pod, { 'configmaps/config': configMap({ a: '1' }) });
  const path = (await manager.publish(request)).get('config')?.path ?? '';
  await manager.publish(volumeRequest(pod, { 'configmaps/config': configMap({ b: '1' }) }));
  expect(readdirSync(path).filter((name) => !name.startsWith('..'))).toEqual(['b', 'data']);
});

test('a kind that is not built in is an error, not an empty folder', async () => {
  const pod = podWith([{ name: 'x', nfs: { server: 's', path: '/' } }]);
  await expect(new VolumeManager(folders).publish(volumeRequest(pod))).rejects.toThrow(
    'volumes of kind nfs are not built into this node agent yet',
  );
});

test.runIf(mayMount)('volumes in memory are limited, closed to writers, and unmounted with their pod', async () => {
  const volumes = [
    { name: 'secret', secret: { secretName: 's' } },
    { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
  ];
  const pod = podWith(volumes, {
    securityContext: { fsGroup: 1234 },
    containers: [{ name: 'c', resources: { limits: { memory: '16Mi' } } }],
  });
  const manager = new VolumeManager(folders);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { key: 'djE=' } };
  const published = await manager.publish(volumeRequest(pod, { 'secrets/s': secret }));
  const [closed, scratch] = ['secret', 'scratch'].map((name) => published.get(name)?.path ?? '') as [string, string];
  const size = (path: string) => statfsSync(path).bsize * statfsSync(path).blocks;
  expect([size(closed), size(scratch)]).toEqual([16 << 20, 8 << 20]);
  expect([modeOf(closed) & 0o022, modeOf(scratch), statSync(scratch).gid]).toEqual([0, 0o2777, 1234]);
  expect([modeOf(join(closed, 'key')), statSync(join(closed, 'key')).gid]).toEqual([0o644, 1234]);
  expect(published.get('secret')?.readOnly).toBe(true);
  // A new manager knows the mounts without memory of them.
  await new VolumeManager(folders).unpublish('u');
  expect(mountsWithin(await mountTable(), folders.state)).toEqual([]);
  expect(existsSync(folders.pod('u'))).toBe(false);
});

/** As a network file system: mounted once, bound into each pod. */
function shared(calls: string[]): VolumePlugin {
  return {
    field: 'nfs',
    name: 'shared',
    handle: ({ nfs }) => `${nfs?.server}${nfs?.path}`,
    async stage(_volume, { staging }) {
      if (await isMountPoint(staging)) return;
      calls.push('stage');
      await mountMemory(staging, ['size=1m']);
      writeFileSync(join(staging, 'file'), 'precious');
    },
    async publish(_volume, { staging, folder }) {
      mkdirSync(folder, { recursive: true });
      if (!(await isMountPoint(folder))) {
        calls.push('publish');
        await bindMount(staging, folder);
      }
      return { path: folder, readOnly: false };
    },
    unpublish: async () => void calls.push('unpublish'),
    unstage: async () => void calls.push('unstage'),
  };
}

test.runIf(mayMount)(
  'a shared volume is staged once, and unstaged after its last pod, whichever agent finds it',
  async () => {
    const calls: string[] = [];
    const volumes = [{ name: 'data', nfs: { server: 's', path: '/' } }];
    const agent = () => new VolumeManager(folders, [shared(calls)]);
    const first = agent();
    const both = ['a', 'b'].map((uid) => first.publish(volumeRequest(podWith(volumes, {}, uid))));
    const [published] = await Promise.all(both);
    await agent().publish(volumeRequest(podWith(volumes, {}, 'a')));
    expect(calls).toEqual(['stage', 'publish', 'publish']);
    const staged = published?.get('data')?.path ?? '';
    await agent().unpublish('a');
    expect(existsSync(staged)).toBe(false);
    expect(calls).toEqual(['stage', 'publish', 'publish', 'unpublish']);
    expect(readFileSync(join(folders.volume('b', 'shared', 'data'), 'file'), 'utf8')).toBe('precious');
    await agent().unpublish('b');
    expect(calls.slice(4)).toEqual(['unpublish', 'unstage']);
    expect(mountsWithin(await mountTable(), folders.state)).toEqual([]);
  },
);
