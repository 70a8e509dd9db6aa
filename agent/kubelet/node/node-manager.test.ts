import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Node } from '../../../kube/types.ts';
import { ApiError, STRATEGIC_MERGE } from '../../api/client.ts';
import { NetworkManager } from '../../network/manager.ts';
import { FakeClock, settle } from '../../testing/fake-clock.ts';
import { FakeCluster } from '../../testing/fake-cluster.ts';
import { FakeRuntime } from '../../testing/fake-runtime.ts';
import { Steps } from '../../testing/steps.ts';
import { EventRecorder } from '../events.ts';
import { DEFAULT_EVICTION_HARD, parseEvictionHard } from './eviction-thresholds.ts';
import { NodeManager } from './node-manager.ts';

const FACTS = {
  hostname: 'n1',
  kernelVersion: '6',
  osImage: 'Debian',
  operatingSystem: 'linux',
  architecture: 'amd64',
  machineID: 'm',
  systemUUID: 's',
  bootID: 'b',
  cpus: 4,
  memory: 4 * 1024 ** 3,
  ephemeralStorage: 10 * 1024 ** 3,
};
const PATH = '/api/v1/nodes/n1';
const PLENTY = { memory: 2 * 1024 ** 3, disk: 5 * 1024 ** 3 };

function rig() {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  const steps = new Steps();
  const runtime = new FakeRuntime(clock).connect(steps);
  const { api, feed } = cluster.connect(steps);
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (text: string) => warnings.push(text), error: () => {} };
  const machine = { addresses: ['192.0.2.1'], refusals: 0, free: { ...PLENTY } };
  const folder = mkdtempSync(join(tmpdir(), 'islet-node-'));
  const manager = new NodeManager(
    {
      name: 'n1',
      facts: FACTS,
      thresholds: parseEvictionHard(DEFAULT_EVICTION_HARD),
      runtimeVersion: { name: 'fake', version: '1' },
      podCIDR: '10.0.0.0/24',
      kubeletPort: 10_250,
      cniConfDir: folder,
    },
    {
      runtime,
      network: new NetworkManager({ runtime, log, run: async () => undefined, now: () => clock.now() }),
      api,
      events: new EventRecorder({ api, node: 'n1', clock, random: () => 0.5, warn: () => {} }),
      log,
      clock,
      random: () => 0.5,
      addresses: async () => machine.addresses,
      free: () => machine.free,
      refused: () => void machine.refusals++,
    },
  );
  const node = () => cluster.objects.get(PATH) as Node | undefined;
  const ready = () => node()?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const requests = () => steps.calls.filter((call) => call.includes(PATH) || call.endsWith('/nodes')).length;
  const dispose = async () => {
    manager.stop();
    await settle();
    await rm(folder, { recursive: true });
  };
  return {
    clock,
    cluster,
    steps,
    feed,
    manager,
    machine,
    warnings,
    node,
    ready,
    requests,
    [Symbol.asyncDispose]: dispose,
  };
}

test('A node is registered and ready, and writes nothing while nothing changes', async () => {
  await using r = rig();
  await r.manager.start(r.feed);
  await r.clock.advance(2_000);
  expect(r.ready()).toBe('True');
  expect(r.node()?.status?.daemonEndpoints).toEqual({ kubeletEndpoint: { Port: 10_250 } });
  const before = r.requests();
  await r.clock.advance(300_000);
  expect(r.requests()).toBe(before);
});

test('What another client wrote over the status is put back, what it added stays, and neither goes round in circles', async () => {
  await using r = rig();
  await r.manager.start(r.feed);
  await r.clock.advance(30_000);
  const { api } = r.cluster.connect(new Steps());
  const write = (patch: object) => api.request('PATCH', `${PATH}/status`, patch, STRATEGIC_MERGE);
  const status = r.node()?.status;
  const before = r.requests();
  await write({
    metadata: { labels: { 'kubernetes.io/os': null } },
    status: {
      allocatable: { cpu: '1000', 'example.com/dongle': '2' },
      addresses: [
        { type: 'InternalIP', address: '192.0.2.9' },
        { type: 'ExternalIP', address: '192.0.2.7' },
      ],
      conditions: [
        { type: 'MemoryPressure', status: 'True', reason: 'Mine' },
        { type: 'NetworkUnavailable', status: 'False' },
      ],
      nodeInfo: { kubeletVersion: 'v9' },
    },
  });
  await r.clock.advance(12_000);
  const after = r.node();
  expect(after?.metadata.labels?.['kubernetes.io/os']).toBe('linux');
  expect(after?.status?.nodeInfo).toEqual(status?.nodeInfo);
  expect(after?.status?.allocatable).toEqual({ ...status?.allocatable, 'example.com/dongle': '2' });
  const conditions = new Map(after?.status?.conditions?.map((each) => [each.type, each.status]));
  expect([conditions.get('MemoryPressure'), conditions.get('NetworkUnavailable')]).toEqual(['False', 'False']);
  const addresses = new Map(after?.status?.addresses?.map(({ type, address }) => [type, address]));
  expect([addresses.get('InternalIP'), addresses.get('ExternalIP')]).toEqual(['192.0.2.1', '192.0.2.7']);
  await r.clock.advance(300_000);
  expect(r.requests()).toBe(before + 1);
});

test('A Node object that was deleted is registered again', async () => {
  await using r = rig();
  await r.manager.start(r.feed);
  await r.clock.advance(2_000);
  const { uid } = r.node()?.metadata ?? {};
  r.cluster.removeAt(PATH);
  await r.clock.advance(2_000);
  expect(r.ready()).toBe('True');
  expect(r.node()?.metadata.uid).not.toBe(uid);
});

test('While the cluster is away requests back off, and the status is sent at once when it is back', async () => {
  await using r = rig();
  r.cluster.reachable = false;
  await r.manager.start(r.feed);
  await r.clock.advance(600_000);
  // After 1, 2, 4, … 32 and then every 60 s.
  expect(r.requests()).toBeLessThan(17);
  r.cluster.reachable = true;
  r.manager.reconnected();
  await settle();
  expect(r.node()).toBeDefined();
});

test('A refused token is reported, and requests with it back off', async () => {
  await using r = rig();
  r.steps.fault = (call) => (call.startsWith('api') ? new ApiError(401, 'Unauthorized') : undefined);
  await r.manager.start(r.feed);
  await r.clock.advance(600_000);
  expect(r.machine.refusals).toBeGreaterThan(0);
  expect(r.requests()).toBeLessThan(17);
});

test('Pressure shows as a condition, as an event and in the output, and ends when there is room again', async () => {
  await using r = rig();
  r.machine.free = { memory: PLENTY.memory, disk: FACTS.ephemeralStorage / 11 };
  const condition = () => r.node()?.status?.conditions?.find(({ type }) => type === 'DiskPressure');
  await r.manager.start(r.feed);
  await r.clock.advance(2_000);
  expect(condition()).toMatchObject({ status: 'True', reason: 'KubeletHasDiskPressure' });
  expect(r.cluster.reasons()).toContain('NodeHasDiskPressure');
  expect(r.warnings).toEqual([expect.stringContaining('--eviction-hard')]);
  r.machine.free = PLENTY;
  await r.clock.advance(11_000);
  expect(condition()).toMatchObject({ status: 'False', reason: 'KubeletHasNoDiskPressure' });
  expect(r.cluster.reasons()).toContain('NodeHasNoDiskPressure');
  expect(r.warnings).toHaveLength(1);
});

test('An address that changes is reported', async () => {
  await using r = rig();
  await r.manager.start(r.feed);
  await r.clock.advance(2_000);
  r.machine.addresses = ['198.51.100.7'];
  await r.clock.advance(11_000);
  expect(r.node()?.status?.addresses?.[0]).toEqual({ type: 'InternalIP', address: '198.51.100.7' });
  expect(r.manager.addresses).toEqual(['198.51.100.7']);
});

test('The node says what its runtime can do, so that pods that need it are taken', async () => {
  await using r = rig();
  await r.manager.start(r.feed);
  await r.clock.advance(2_000);
  expect(r.node()?.status).toMatchObject({
    features: { supplementalGroupsPolicy: true },
    runtimeHandlers: [{ name: '', features: { recursiveReadOnlyMounts: true, userNamespaces: false } }],
  });
});

test('Images are looked at also after the clock was set back', async () => {
  await using r = rig();
  await r.manager.start(r.feed);
  await r.clock.advance(2_000);
  const looks = () => r.steps.calls.filter((call) => call === 'runtime images').length;
  const before = looks();
  r.clock.setBack(24 * 3600_000);
  r.manager.reconnected();
  await r.clock.advance(60_000);
  expect(looks()).toBeGreaterThan(before);
});
