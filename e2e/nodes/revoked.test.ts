/** Revoked tokens: their streams end, and a node is out until it joins anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Node } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: shell, namespace: default}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: c, image: 'busybox:1.36', command: [sleep, '3600']}]
`;

describeOnNode('revoked tokens', (rig) => {
  beforeAll(async () => {
    await rig.ok('apply -f -', POD);
    await rig.ok('wait --for=condition=Ready pod/shell --timeout=30s');
  });

  test('a shell that was opened with a kubeconfig ends when its token is revoked, and no other', async () => {
    const leaked = join(rig.machine.folder, 'leaked');
    writeFileSync(leaked, await rig.machine.run('kubeconfig'));
    const shell = (kubeconfig: string) => {
      const child = rig.start(['--kubeconfig', kubeconfig, 'exec', '-i', 'shell', '--', 'cat']);
      let heard = '';
      child.stdout.on('data', (chunk) => (heard += chunk));
      child.stdin.on('error', () => {});
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return { child, ended, heard: () => heard };
    };
    const [theirs, ours] = [shell(leaked), shell(rig.machine.kubeconfig)];
    for (const { child, heard } of [theirs, ours]) {
      child.stdin.write('one\n');
      await eventually(() => expect(heard()).toBe('one\n'));
    }
    await rig.machine.run('token', 'revoke', parse(readFileSync(leaked, 'utf8')).users[0].user.token);
    expect(await theirs.ended).not.toBe(0);
    ours.child.stdin.end('two\n');
    expect(await ours.ended).toBe(0);
    expect(ours.heard()).toBe('one\ntwo\n');
  });

  test('a node whose object is deleted registers again', async () => {
    const before = (await rig.json<Node>('get node real-1')).metadata.uid;
    await rig.ok('delete node real-1');
    await eventually(async () => expect((await rig.json<Node>('get node real-1')).metadata.uid).not.toBe(before));
    await rig.ok('wait --for=condition=Ready node/real-1 --timeout=30s');
  });

  test('an agent whose token is revoked ends, says what to do, and joins anew with a new token', async () => {
    const state = join(rig.machine.folder, 'agent');
    const { token } = JSON.parse(readFileSync(join(state, 'node.json'), 'utf8')) as { token: string };
    await rig.machine.run('token', 'revoke', token);
    const ended = await rig.agent?.ended;
    expect(ended?.code).toBe(1);
    expect(ended?.output).toContain('islet token create --print-join-command');
    const refused = await rig.machine.islet('join', '--state', state).ended;
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("no longer takes this node's token");

    // The cluster gives a name to one machine only, until its Node is deleted.
    await rig.ok('delete node real-1');
    await rig.startAgent([...(await rig.joinCommand()), '--node-name', 'real-1']);
    await rig.ok('wait --for=condition=Ready node/real-1 --timeout=30s');
  });
});
