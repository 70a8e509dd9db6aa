/** Pods of a folder on the node, and their mirrors in the cluster. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CriRuntime } from '../../agent/runtimes/cri/index.ts';
import type { Pod } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { describeOnNode, type RealNode } from './machine.ts';

const folderOf = (rig: RealNode) => join(rig.machine.folder, 'manifests');

/** At once, as a configuration tool does it. */
function put(rig: RealNode, name: string, word: string): void {
  const manifest = `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: busybox:1.36
    command: [sh, -c, 'echo ${word}; exec sleep 3600']
`;
  writeFileSync(join(folderOf(rig), `.${name}`), manifest);
  renameSync(join(folderOf(rig), `.${name}`), join(folderOf(rig), `${name}.yaml`));
}

function flags(rig: RealNode): string[] {
  mkdirSync(folderOf(rig));
  put(rig, 'web', 'one');
  return ['--pod-manifest-path', folderOf(rig)];
}

function define(rig: RealNode): void {
  const mirror = () => rig.pod('web-real-1');
  const idOf = ({ status }: Pod) => status?.containerStatuses?.[0]?.containerID;
  const isRunning = ({ metadata, status }: Pod) =>
    !metadata.deletionTimestamp && status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
  const another = (before: Pod) =>
    eventually(async () => {
      const now = await mirror();
      expect([now.metadata.uid !== before.metadata.uid, isRunning(now)]).toEqual([true, true]);
      return now;
    });

  afterAll(() => rmSync(folderOf(rig), { recursive: true, force: true }));

  test('a static pod is seen through its mirror: status, logs, exec, events', async () => {
    await eventually(async () => expect(isRunning(await mirror())).toBe(true));
    expect(await rig.ok('logs web-real-1')).toBe('one\n');
    expect(await rig.inside('web-real-1', 'echo', 'here')).toBe('here\n');
    const { metadata } = await mirror();
    const { uid } = (await rig.json<{ metadata: { uid: string } }>('get node real-1')).metadata;
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: 'real-1', uid, controller: true },
    ]);
    // kubectl looks for events by the static pod's own uid.
    await eventually(async () =>
      expect(await rig.ok('describe pod web-real-1')).toMatch(/Started +.*Container started/),
    );
  });

  test('a mirror that is deleted comes back, and drain leaves the pod alone', async () => {
    const before = await mirror();
    await rig.ok('delete pod web-real-1 --wait=false');
    const again = await another(before);
    expect(idOf(again)).toBe(idOf(before));
    await rig.ok('drain real-1 --timeout=20s');
    await rig.ok('taint node real-1 away=now:NoExecute');
    await rig.ok('taint node real-1 away-');
    await rig.ok('uncordon real-1');
    expect(await mirror()).toMatchObject({ metadata: { uid: again.metadata.uid } });
    // The node's dependents go with it, and come back with the next one.
    await rig.ok('delete node real-1');
    expect(idOf(await another(again))).toBe(idOf(before));
  });

  test('a changed manifest ends the old pod and starts the new one; a bad one is told of', async () => {
    const before = await mirror();
    put(rig, 'web', 'two');
    writeFileSync(join(folderOf(rig), 'bad.yaml'), 'kind: Pod\nmetadata: {name: bad}\n');
    await another(before);
    expect(await rig.ok('logs web-real-1')).toBe('two\n');
    await eventually(() =>
      expect(rig.agent?.output).toContain(`Could not process manifest file ${folderOf(rig)}/bad.yaml: `),
    );
    rmSync(join(folderOf(rig), 'bad.yaml'));
  });

  test('an agent that starts without its cluster runs static pods, new ones as well', async () => {
    const before = await mirror();
    await rig.killAgent();
    await rig.stopService();
    put(rig, 'late', 'late');
    await rig.startAgent(['join', '--pod-manifest-path', folderOf(rig)], 'is a member of');
    const runtime = new CriRuntime(rig.containerd.endpoint);
    const late = async () => {
      const sandboxes = (await runtime.sandboxes()).filter(({ metadata }) => metadata.name === 'late-real-1');
      return (await runtime.containers()).filter(
        ({ sandbox, state }) => sandbox === sandboxes[0]?.id && state === 'running',
      );
    };
    await eventually(async () => expect(await late()).toHaveLength(1));
    const [container] = await late();
    runtime.close();
    await rig.startService();
    await eventually(async () => expect(isRunning(await rig.pod('late-real-1'))).toBe(true), 60_000);
    expect(idOf(await rig.pod('late-real-1'))).toBe(`containerd://${container?.id}`);
    expect(await mirror()).toMatchObject({ metadata: { uid: before.metadata.uid } });
    expect(idOf(await mirror())).toBe(idOf(before));
    rmSync(join(folderOf(rig), 'late.yaml'));
  });

  test('without its manifest the pod ends, and its mirror with it', async () => {
    rmSync(join(folderOf(rig), 'web.yaml'));
    await rig.ok('wait --for=delete pod/web-real-1 pod/late-real-1 --timeout=30s');
    await rig.expectNothingLeft();
  });
}

describeOnNode('static pods', define, flags);
