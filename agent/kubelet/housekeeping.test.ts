import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settle } from '../testing/fake-clock.ts';
import { NodeRig, OWNER, pod } from '../testing/node-rig.ts';

const sandbox = (name: string, labels: Record<string, string> = {}) => ({
  metadata: { name, uid: `uid-of-${name}`, namespace: 'default', attempt: 0 },
  labels,
});
const own = { 'islet.dev/cluster': OWNER.cluster, 'islet.dev/node': OWNER.node };

test('Only sandboxes with this cluster and node on them are ended; those of others are not touched', async () => {
  await using rig = new NodeRig();
  rig.runtime.addForeign(sandbox('of-another-kubelet'));
  rig.runtime.addForeign(sandbox('of-another-cluster', { ...own, 'islet.dev/cluster': 'c2' }));
  rig.runtime.addForeign(sandbox('of-another-node', { ...own, 'islet.dev/node': 'n2' }));
  rig.runtime.addForeign(sandbox('orphan', own));
  rig.startAgent();
  await rig.clock.advance(70_000);
  expect([...rig.runtime.sandboxes.values()].map(({ metadata, ready }) => [metadata.name, ready])).toEqual([
    ['of-another-kubelet', true],
    ['of-another-cluster', true],
    ['of-another-node', true],
  ]);
});

test('Nothing is an orphan before the cluster has told of its pods', async () => {
  await using rig = new NodeRig();
  rig.cluster.reachable = false;
  rig.runtime.addForeign(sandbox('orphan', own));
  rig.startAgent();
  await rig.clock.advance(130_000);
  expect(rig.runtime.sandboxes.size).toBe(1);
});

test('The folders of pods that are gone go, logs included; those of pods stay', async () => {
  await using rig = new NodeRig();
  const left = [rig.folders.pod('uid-of-gone'), rig.folders.podLogs('default', 'gone', 'uid-of-gone')];
  for (const folder of left) {
    mkdirSync(join(folder, 'c'), { recursive: true });
    writeFileSync(join(folder, 'c', '0.log'), 'x');
  }
  rig.cluster.create(pod('web'));
  rig.startAgent();
  await rig.untilPhase('Running');
  await rig.clock.advance(61_000);
  expect(left.map((folder) => existsSync(folder))).toEqual([false, false]);
  expect([readdirSync(rig.folders.pods), readdirSync(rig.folders.logs)].map(({ length }) => length)).toEqual([1, 1]);
});

test('An orphan that cannot be stopped holds up neither other orphans nor pods', async () => {
  await using rig = new NodeRig();
  const stuck = rig.runtime.addForeign(sandbox('stuck', own));
  rig.runtime.addForeign(sandbox('other', own));
  rig.startAgent().steps.fault = (call) => (call.includes(`stopSandbox ${stuck}`) ? new Error('busy') : undefined);
  await rig.clock.advance(1_000);
  expect([...rig.runtime.sandboxes.keys()]).toEqual([stuck]);
  rig.steps.fault = () => undefined;
  await rig.clock.advance(60_000);
  expect(rig.runtime.sandboxes.size).toBe(0);
});

test('A failure in the housekeeping of one pod leaves that of others be', async () => {
  await using rig = new NodeRig();
  for (const name of ['a', 'b']) rig.cluster.create(pod(name, { name }));
  rig.startAgent();
  for (const name of ['a', 'b']) await rig.untilPhase('Running', name);
  for (let restarts = 0; restarts < 3; restarts++) {
    for (const { id } of rig.runtime.running()) rig.runtime.exit(id, 1);
    await rig.until('restarted', () => rig.runtime.running().length === 2, 120);
  }
  rig.steps.fault = (call) => (call === 'runtime removeContainer a' ? new Error('busy') : undefined);
  await rig.clock.advance(61_000);
  const dead = (name: string) => [...rig.runtime.containers.values()].filter((c) => c.name === name).length - 1;
  expect([dead('a'), dead('b')]).toEqual([3, 1]);
  expect(rig.agent.logged).toContain('cleaning up: pod default/a: busy');
});

test('With a dead container its log and termination message go', async () => {
  await using rig = new NodeRig();
  rig.cluster.create(pod('web'));
  rig.startAgent();
  await rig.untilReady();
  const { uid = '' } = rig.cluster.pod('web')?.metadata ?? {};
  const logs = join(rig.folders.podLogs('default', 'web', uid), 'c');
  for (const file of ['0.log', '0.log.20260101-000000', '1.log', '2.log']) writeFileSync(join(logs, file), '');
  for (let restarts = 0; restarts < 2; restarts++) {
    rig.runtime.exit(rig.runtime.running()[0]?.id ?? '', 1);
    await rig.until('restarted', () => rig.runtime.running().length === 1, 60);
  }
  await rig.clock.advance(61_000);
  await settle();
  expect(readdirSync(logs).sort()).toEqual(['1.log', '2.log']);
  expect(existsSync(rig.folders.terminationLog(uid, 'c', 0))).toBe(false);
  expect(existsSync(rig.folders.terminationLog(uid, 'c', 1))).toBe(true);
});

test('Pods of a former membership of the agent, in another cluster or under another name, are ended', async () => {
  await using rig = new NodeRig();
  rig.owner = { ...OWNER, former: [{ cluster: 'c0', node: 'n0' }] };
  rig.runtime.addForeign(sandbox('of-before', { 'islet.dev/cluster': 'c0', 'islet.dev/node': 'n0' }));
  rig.runtime.addForeign(sandbox('of-another', { 'islet.dev/cluster': 'c0', 'islet.dev/node': 'n1' }));
  mkdirSync(join(rig.folders.pod('uid-of-of-before'), 'volumes'), { recursive: true });
  rig.startAgent();
  await rig.until('ended', () => rig.runtime.sandboxes.size === 1, 10);
  await rig.until('cleaned up', () => !existsSync(rig.folders.pod('uid-of-of-before')), 10);
});

test('Pods of another agent that is now what this one was are left alone', async () => {
  await using rig = new NodeRig();
  rig.owner = { ...OWNER, former: [{ cluster: 'c0', node: 'n0' }] };
  rig.runtime.addForeign(sandbox('of-another', { 'islet.dev/cluster': 'c0', 'islet.dev/node': 'n0' }));
  rig.startAgent();
  await rig.clock.advance(70_000);
  expect(rig.runtime.sandboxes.size).toBe(1);
});

test('An orphan that cannot be ended keeps its volumes until it has ended', async () => {
  await using rig = new NodeRig();
  const stuck = rig.runtime.addForeign(sandbox('stuck', own));
  const folder = rig.folders.pod('uid-of-stuck');
  mkdirSync(join(folder, 'volumes'), { recursive: true });
  rig.startAgent().steps.fault = (call) => (call.includes(`stopSandbox ${stuck}`) ? new Error('busy') : undefined);
  await rig.clock.advance(10_000);
  expect(existsSync(folder)).toBe(true);
  rig.steps.fault = () => undefined;
  await rig.until('cleaned up', () => !existsSync(folder), 70);
  expect(rig.runtime.sandboxes.size).toBe(0);
});
