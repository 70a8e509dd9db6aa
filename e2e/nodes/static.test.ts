/** Pods out of the node's own folder, and what the API shows of them. Agent, containerd and kubectl are real. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

describeOnNode('static pods', (rig) => {
  const folder = () => join(rig.machine.folder, 'agent', 'manifests');
  const write = (says: string) => {
    const spec = {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', `echo ${says}; exec sleep 3600`] }],
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'proxy' }, spec };
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'proxy.json'), JSON.stringify(pod));
  };
  const id = async () => (await rig.pod('proxy-real-1')).status?.containerStatuses?.[0]?.containerID;
  afterAll(() => rmSync(folder(), { recursive: true, force: true }));

  test('a manifest in the folder of the node is a pod, with its log and its commands', async () => {
    write('first');
    await eventually(() => rig.ready('proxy-real-1'));
    const { metadata, status } = await rig.pod('proxy-real-1');
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'Node', name: 'real-1' }]);
    expect(status).toMatchObject({ phase: 'Running', podIP: expect.any(String) });
    expect(await rig.ok('logs proxy-real-1')).toBe('first\n');
    expect(await rig.inside('proxy-real-1', 'hostname')).toBe('proxy-real-1\n');
  });

  test('to delete it in the API ends nothing, nor does a restart of the agent', async () => {
    const before = await id();
    const { uid } = (await rig.pod('proxy-real-1')).metadata;
    await rig.ok('delete pod proxy-real-1 --timeout=20s');
    await eventually(async () => expect((await rig.pod('proxy-real-1')).metadata.uid).not.toBe(uid));
    await rig.killAgent();
    await rig.startAgent();
    await eventually(() => rig.ready('proxy-real-1'));
    expect(await id()).toBe(before);
  });

  test('it follows its manifest, and goes with it', async () => {
    write('second');
    await eventually(async () => expect(await rig.ok('logs proxy-real-1')).toBe('second\n'), 20_000);
    rmSync(join(folder(), 'proxy.json'));
    await eventually(async () => expect(await rig.ok('get pods')).not.toContain('proxy'), 20_000);
  });
});
