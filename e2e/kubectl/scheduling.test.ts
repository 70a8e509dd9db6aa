/** The placement of pods, and the reasons given for those that fit nowhere, with a real kubectl. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('scheduling on three simulated nodes', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    await eventually(async () => expect((await kubectl.json('get nodes')).items).toHaveLength(3));
    await eventually(() => kubectl.ok('get sa default'));
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const runWith = (name: string, spec: object) =>
    kubectl.ok(`run ${name} --image=nginx --overrides='${JSON.stringify({ apiVersion: 'v1', spec })}'`);
  const nodeOf = (name: string) => kubectl.ok(`get pod ${name} -o 'jsonpath={.spec.nodeName}'`);
  const isRunning = (name: string) =>
    eventually(async () => expect(await kubectl.ok(`get pod ${name} --no-headers`)).toContain('Running'));
  const failure = (name: string) =>
    eventually(async () => {
      const text = await kubectl.ok(`describe pod ${name}`);
      const message = /Warning +FailedScheduling .*default-scheduler +(.*)/.exec(text)?.[1] ?? '';
      expect(message).not.toBe('');
      return message;
    });

  test('nodeName skips the scheduler', async () => {
    await runWith('direct', { nodeName: 'sim-1' });
    await isRunning('direct');
    expect(await kubectl.ok('describe pod direct')).not.toContain('default-scheduler');
  });

  test('nodeName does not make room: a pod that does not fit fails with a reason, and its Deployment does not spin', async () => {
    const containers = [{ name: 'huge', image: 'nginx', resources: { requests: { cpu: '33' } } }];
    await runWith('crammed', { nodeName: 'sim-1', containers });
    await eventually(async () => expect(await kubectl.ok('get pod crammed --no-headers')).toMatch(/0\/1 +OutOfcpu +0/));
    const why = "Node didn't have enough resource: cpu, requested: 33000, used: 0, capacity: 32000";
    const told = await eventually(async () => {
      const text = await kubectl.ok('describe pod crammed');
      expect(text).toMatch(/Warning +OutOfcpu .*kubelet/);
      return text;
    });
    expect(told).toMatch(/Status: +Failed\nReason: +OutOfcpu\n/);
    expect(told).toContain(`Pod was rejected: ${why}`);

    const labels = { app: 'crammed' };
    const template = { metadata: { labels }, spec: { nodeName: 'sim-1', containers } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'crammed' }, spec };
    await kubectl.ok('apply -f -', JSON.stringify(deployment));
    const failed = async () => (await kubectl.ok('get pods -l app=crammed --no-headers')).match(/OutOfcpu/g) ?? [];
    await eventually(async () => expect((await failed()).length).toBeGreaterThanOrEqual(2));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    // Pods fail a second after the start, two seconds later, and so on; without back-off there would be hundreds.
    expect((await failed()).length).toBeLessThan(8);
    await kubectl.ok('delete deployment crammed');
  });

  test('a nodeSelector that fits no node leaves the pod Pending until one fits', async () => {
    await runWith('picky', { nodeSelector: { disk: 'ssd' } });
    expect(await failure('picky')).toContain(
      "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
    );
    expect(await kubectl.ok('get pod picky --no-headers')).toMatch(/0\/1 +Pending/);
    await kubectl.ok('label node sim-2 disk=ssd');
    await isRunning('picky');
    expect(await nodeOf('picky')).toBe('sim-2');
  });

  test('requests that no node has room for are named', async () => {
    await runWith('huge', {
      containers: [{ name: 'huge', image: 'nginx', resources: { requests: { cpu: '1000', memory: '1Mi' } } }],
    });
    expect(await failure('huge')).toContain('0/3 nodes are available: 3 Insufficient cpu.');
  });

  test('a cordoned node takes nothing new, and a taint only what tolerates it', async () => {
    await kubectl.ok('cordon sim-0');
    expect(await kubectl.ok('get node sim-0')).toContain('Ready,SchedulingDisabled');
    await kubectl.ok('taint node sim-1 only=me:NoSchedule');
    await kubectl.ok('taint node sim-2 only=me:NoSchedule');
    await runWith('nowhere', {});
    const message = await failure('nowhere');
    expect(message).toContain('0/3 nodes are available:');
    expect(message).toContain('1 node(s) were unschedulable');
    expect(message).toMatch(/2 node\(s\) had untolerated taint/);
    await runWith('tolerant', { tolerations: [{ key: 'only', operator: 'Exists', effect: 'NoSchedule' }] });
    await isRunning('tolerant');
    await kubectl.ok('uncordon sim-0');
    await isRunning('nowhere');
    expect(await nodeOf('nowhere')).toBe('sim-0');
  });

  test('drain evicts the pods and cordons the node', async () => {
    await kubectl.ok('taint node sim-1 sim-2 only-');
    await kubectl.ok('create deployment web --image=nginx --replicas=3');
    await kubectl.ok('rollout status deploy/web --timeout=20s');
    await kubectl.ok('drain sim-1 --force --timeout=20s');
    const { items } = await kubectl.json<{ items: { spec: { nodeName: string } }[] }>('get pods -l app=web');
    expect(items.filter(({ spec }) => spec.nodeName === 'sim-1')).toEqual([]);
    await kubectl.ok('rollout status deploy/web --timeout=20s');
  });
});
