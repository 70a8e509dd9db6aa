/** Volumes in their containers, and the parts of the node that containers can't reach through them. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

describeOnNode('volumes', (rig) => {
  /** A folder of the node. */
  let folder: string;
  const events = (name: string) => rig.ok(`events --for pod/${name}`);
  const waitingOf = async (name: string) => (await rig.pod(name)).status?.containerStatuses?.[0]?.state?.waiting;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'islet-node-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a ConfigMap and a Secret are files, change with their objects, and cannot be written', async () => {
    await rig.ok('create configmap settings --from-literal=color=blue');
    await rig.ok('create secret generic pass --from-literal=word=sesame');
    const volumes = [
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'pass', secret: { secretName: 'pass', defaultMode: 0o400 } },
    ];
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
    await rig.apply('reader', { volumeMounts }, { volumes });
    await rig.ready('reader');
    expect(await rig.inside('reader', 'cat', '/settings/color', '/pass/word')).toBe('bluesesame');
    expect(await rig.inside('reader', 'stat', '-Lc', '%a', '/pass/word')).toBe('400\n');
    await expect(rig.inside('reader', 'touch', '/settings/new')).rejects.toThrow('Read-only file system');
    await expect(rig.inside('reader', 'ln', '-sf', '/etc/passwd', '/pass/word')).rejects.toThrow();
    await rig.ok('patch configmap settings -p {"data":{"color":"red"}}');
    await eventually(async () => expect(await rig.inside('reader', 'cat', '/settings/color')).toBe('red'));
  });

  test('a container waits for its ConfigMap, and starts when it comes', async () => {
    const volumes = [{ name: 'late', configMap: { name: 'late' } }];
    await rig.apply('patient', { volumeMounts: [{ name: 'late', mountPath: '/late' }] }, { volumes });
    await eventually(async () =>
      expect(await events('patient')).toContain(
        'MountVolume.SetUp failed for volume "late" : configmap "late" not found',
      ),
    );
    await rig.ok('create configmap late --from-literal=a=b');
    await rig.ready('patient');
  });

  test('several sources are one folder, and follow the pod’s labels', async () => {
    await rig.ok('create configmap part --from-literal=key=value');
    const labels = { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } };
    const sources = [
      { configMap: { name: 'part', items: [{ key: 'key', path: 'deep/key' }] } },
      { downwardAPI: { items: [labels] } },
    ];
    const volumes = [{ name: 'all', projected: { sources } }];
    const volumeMounts = [{ name: 'all', mountPath: '/all' }];
    await rig.apply('mixed', { volumeMounts }, { volumes }, { labels: { is: 'old' } });
    await rig.ready('mixed');
    expect(await rig.inside('mixed', 'cat', '/all/deep/key', '/all/labels')).toBe('valueis="old"');
    await rig.ok('label pod mixed is=new --overwrite');
    await eventually(async () => expect(await rig.inside('mixed', 'cat', '/all/labels')).toBe('is="new"'));
  });

  test('a claim is a folder of the pod’s node, outlives the pod, and goes with its claim', async () => {
    const metadata = { name: 'here', namespace: 'default' };
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'here' },
      provisioner: 'islet.dev/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
      parameters: { path: folder },
    };
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { storageClassName: 'here', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    };
    for (const object of [storageClass, claim]) await rig.ok('apply -f -', JSON.stringify(object));
    const spec = {
      nodeName: undefined,
      nodeSelector: { 'kubernetes.io/hostname': 'real-1' },
      tolerations: [{ operator: 'Exists' }],
      securityContext: { runAsUser: 1000 },
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'here' } }],
    };
    const container = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    await rig.apply('keeper', container, spec);
    await rig.ready('keeper');
    await rig.inside('keeper', 'sh', '-c', 'echo kept > /data/file');
    await rig.ok('delete pod keeper --timeout=20s');
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^pvc-.*_default_here$/)]);
    await rig.apply('keeper', container, spec);
    await rig.ready('keeper');
    expect(await rig.inside('keeper', 'cat', '/data/file')).toBe('kept\n');
    await rig.ok('delete pod keeper --timeout=20s');
    await rig.ok('delete pvc here --timeout=20s');
    await eventually(async () => expect(await rig.ok('get pv -o name')).toBe(''));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a folder of the node is mounted as it says it is, and keeps its files', async () => {
    writeFileSync(join(folder, 'file'), 'of the node');
    const volume = (path: string, type: string) => ({ volumes: [{ name: 'node', hostPath: { path, type } }] });
    const volumeMounts = [{ name: 'node', mountPath: '/node' }];
    await rig.apply('host', { volumeMounts }, volume(folder, 'Directory'));
    await rig.apply('made', { volumeMounts }, volume(join(folder, 'new'), 'DirectoryOrCreate'));
    await rig.apply('wrong', { volumeMounts }, volume(join(folder, 'file'), 'Directory'));
    await Promise.all([rig.ready('host'), rig.ready('made')]);
    expect(await rig.inside('host', 'cat', '/node/file')).toBe('of the node');
    await rig.inside('made', 'touch', '/node/here');
    await eventually(async () => expect(await events('wrong')).toContain('file is not a directory'));
    await rig.ok('delete pod host made wrong --timeout=20s');
    expect(readdirSync(folder).sort()).toEqual(['file', 'new']);
    expect(readdirSync(join(folder, 'new'))).toEqual(['here']);
  });

  test('an emptyDir keeps what its container makes of it over a restart, and its memory is limited', async () => {
    const volumes = [
      { name: 'data', emptyDir: {} },
      { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ];
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
    const command = [
      'sh',
      '-c',
      'stat -c %a /data >> /data/modes; chmod 700 /data; trap "exit 0" TERM; while :; do sleep 1; done',
    ];
    await rig.apply('database', { command, volumeMounts }, { volumes });
    await rig.ready('database');
    await rig.kubectl(['exec', 'database', '--', 'kill', '1']);
    await eventually(async () => expect(await rig.inside('database', 'cat', '/data/modes')).toBe('777\n700\n'));
    const filled = ['sh', '-c', 'dd if=/dev/zero of=/memory/big bs=1M count=2'];
    await expect(rig.inside('database', ...filled)).rejects.toThrow('No space left on device');
  });

  test('a part of a volume is shown by its path, or by one that names the pod', async () => {
    const volumes = [{ name: 'data', emptyDir: {} }];
    const me = { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
    const volumeMounts = [
      { name: 'data', mountPath: '/part', subPath: 'a/b' },
      { name: 'data', mountPath: '/mine', subPathExpr: 'of-$(ME)' },
      { name: 'data', mountPath: '/data' },
    ];
    await rig.apply('parts', { env: [me], volumeMounts }, { volumes });
    await rig.ready('parts');
    await rig.inside('parts', 'sh', '-c', 'echo -n one > /part/file; echo -n two > /mine/file');
    expect(await rig.inside('parts', 'cat', '/data/a/b/file', '/data/of-parts/file')).toBe('onetwo');
  });

  test('a link that a container plants leads no other container to the node’s files', async () => {
    writeFileSync(join(folder, 'secret'), 'of the node');
    const volumes = [{ name: 'data', emptyDir: {} }];
    const plant = ['sh', '-c', `ln -s ${folder} /data/link; ln -s ../../../../../../../../../.. /data/up`];
    const first = { name: 'first', image: 'busybox:1.36', command: plant };
    const initContainers = [{ ...first, volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
    for (const [name, subPath] of [
      ['thief', 'link/secret'],
      ['digger', 'link/made'],
      ['climber', 'up'],
    ] as const) {
      const volumeMounts = [{ name: 'data', mountPath: '/stolen', subPath }];
      await rig.apply(name, { volumeMounts }, { volumes, initContainers });
      await eventually(async () =>
        expect(await waitingOf(name)).toMatchObject({
          reason: 'CreateContainerConfigError',
          message: expect.stringMatching(/^failed to (prepare|create) subPath .*"data" of container "c"$/),
        }),
      );
    }
    expect(existsSync(join(folder, 'made'))).toBe(false);
  });

  test('a FIFO in place of the last words holds nothing up', async () => {
    const volumes = [{ name: 'data', emptyDir: {} }];
    const plant = { name: 'first', image: 'busybox:1.36', command: ['mkfifo', '/data/fifo'] };
    const initContainers = [{ ...plant, volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
    const volumeMounts = [{ name: 'data', mountPath: '/last', subPath: 'fifo' }];
    const words = { terminationMessagePath: '/last/words' };
    await rig.apply(
      'fifo',
      { command: ['true'], volumeMounts, ...words },
      { volumes, initContainers, restartPolicy: 'Never' },
    );
    await rig.apply('after');
    await rig.ready('after');
  });

  test('a mount that a container makes in a shared volume goes with its pod, and the share keeps its files', async () => {
    const share = join(folder, 'share');
    mkdirSync(share);
    writeFileSync(join(share, 'precious'), 'kept');
    symlinkSync('/', join(share, 'root'));
    const volumes = [
      { name: 'data', emptyDir: {} },
      { name: 'share', hostPath: { path: share } },
    ];
    const volumeMounts = [
      { name: 'data', mountPath: '/data', mountPropagation: 'Bidirectional' },
      { name: 'share', mountPath: '/share' },
    ];
    const command = [
      'sh',
      '-c',
      'mkdir /data/inner && mount --bind /share /data/inner && touch /data/done && sleep 3600',
    ];
    await rig.apply('mounter', { command, volumeMounts, securityContext: { privileged: true } }, { volumes });
    await rig.ready('mounter');
    await eventually(() => rig.inside('mounter', 'test', '-e', '/data/done'));
    await rig.ok('delete pod mounter --timeout=30s');
    expect(readFileSync(join(share, 'precious'), 'utf8')).toBe('kept');
  });
});
