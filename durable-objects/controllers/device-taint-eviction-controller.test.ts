import { expect, test } from 'vitest';
import type { Event, Pod } from '../../kube/types.ts';
import { CLAIMS, SLICES } from './device-taint-eviction/facts.ts';
import { deviceTaintEvictionController } from './device-taint-eviction-controller.ts';
import { Harness } from './runtime/testing/harness.ts';

const RESULT = { request: 'r', driver: 'd', pool: 'p' };

/** Pods that use the device `a` by claims of their names. */
class Devices {
  readonly harness = new Harness([deviceTaintEvictionController]);
  readonly api = this.harness.api;

  now(): string {
    return new Date(this.harness.time.now()).toISOString();
  }

  async pod(name: string, tolerations: object[] = [], device = 'a'): Promise<void> {
    const uid = `uid-of-${name}`;
    const allocation = { devices: { results: [{ ...RESULT, device, tolerations }] } };
    const status = { allocation, reservedFor: [{ resource: 'pods', name, uid }] };
    await this.api.apply(CLAIMS, { kind: 'ResourceClaim', metadata: { name, namespace: 'n' }, status });
    const spec = { nodeName: 'n1', resourceClaims: [{ name: 'gpu', resourceClaimName: name }] };
    await this.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'n', uid }, spec });
  }

  async slice(name: string, taints: object[], generation = 1): Promise<void> {
    const spec = { driver: 'd', pool: { name: 'p', generation }, devices: [{ name: 'a', taints }, { name: 'b' }] };
    if (this.api.read(SLICES, '', name)) await this.api.patch(SLICES, '', name, { spec });
    else await this.api.apply(SLICES, { kind: 'ResourceSlice', metadata: { name }, spec });
    await this.settle(500);
  }

  taint(more: object = {}): object {
    return { key: 'k', value: 'v', effect: 'NoExecute', timeAdded: this.now(), ...more };
  }

  async settle(ms: number): Promise<void> {
    await this.harness.settle(ms);
    this.harness.kill();
    await this.harness.settle(ms);
    expect(this.harness.errors).toEqual([]);
  }

  /** After some seconds. */
  async later(seconds: number): Promise<void> {
    await this.harness.until(this.harness.time.now() + seconds * 1000);
  }

  get pods(): (string | undefined)[] {
    return this.api.all<Pod>('pods/').map(({ metadata }) => metadata.name);
  }

  get events(): string[] {
    return this.api
      .all<Event>('events/')
      .map(({ reason, message, involvedObject }) => `${involvedObject.name} ${reason}: ${message}`);
  }
}

const bears = (more: object = {}) => ({ key: 'k', operator: 'Exists', effect: 'NoExecute', ...more });

test('a taint evicts the pods that use its device, and says why', async () => {
  const devices = new Devices();
  await devices.slice('s', []);
  await devices.pod('uses');
  await devices.pod('other', [], 'b');
  await devices.pod('bears', [bears()]);
  await devices.slice('s', [devices.taint()]);
  expect(devices.pods).toEqual(['bears', 'other']);
  expect(devices.events).toEqual(['uses DeviceTaintManagerEviction: Marking for deletion']);
  const gone = JSON.parse(devices.api.entries.find(({ change }) => change === 'delete')?.text ?? '{}');
  expect(gone.status.conditions).toEqual([
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByDeviceTaintManager',
      message: 'Device Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: expect.any(String),
    },
  ]);
});

test('a pod that comes to a tainted device leaves, and another effect evicts no pod', async () => {
  const devices = new Devices();
  await devices.slice('s', [devices.taint({ effect: 'NoSchedule' })]);
  await devices.pod('p');
  await devices.settle(500);
  expect(devices.pods).toEqual(['p']);
  await devices.slice('s', [devices.taint()]);
  await devices.pod('q');
  await devices.settle(500);
  expect(devices.pods).toEqual([]);
});

test('tolerations count in seconds from the taint on, the least of them, and of just this effect', async () => {
  const devices = new Devices();
  await devices.slice('s', []);
  await devices.pod('p', [bears({ tolerationSeconds: 60 }), bears({ tolerationSeconds: 30 })]);
  await devices.pod('q', [{ key: 'k', operator: 'Exists' }]);
  await devices.pod('r', [bears({ tolerationSeconds: -5 })]);
  await devices.slice('s', [devices.taint()]);
  expect(devices.pods).toEqual(['p']);
  await devices.later(28);
  expect(devices.pods).toEqual(['p']);
  await devices.later(3);
  expect(devices.pods).toEqual([]);
});

test('a taint that is taken back in time evicts no pod, which is told', async () => {
  const devices = new Devices();
  await devices.slice('s', []);
  await devices.pod('p', [bears({ tolerationSeconds: 60 })]);
  await devices.slice('s', [devices.taint()]);
  await devices.later(20);
  await devices.slice('s', []);
  await devices.later(60);
  expect([devices.pods, devices.harness.timers.rows.size]).toEqual([['p'], 0]);
  expect(devices.events).toEqual(['p DeviceTaintManagerEviction: Cancelling deletion']);
});

test('taints of an older generation of the pool do not count', async () => {
  const devices = new Devices();
  await devices.slice('new', [], 2);
  await devices.slice('old', [devices.taint()]);
  await devices.pod('p');
  await devices.settle(500);
  expect(devices.pods).toEqual(['p']);
  await devices.api.remove(SLICES, '', 'new');
  await devices.settle(500);
  expect(devices.pods).toEqual([]);
});

test('a claim that is no longer reserved for the pod does not keep it from staying', async () => {
  const devices = new Devices();
  await devices.slice('s', []);
  await devices.pod('p', [bears({ tolerationSeconds: 60 })]);
  await devices.slice('s', [devices.taint()]);
  await devices.api.patch(CLAIMS, 'n', 'p', { status: { reservedFor: null } }, true);
  await devices.later(120);
  expect(devices.pods).toEqual(['p']);
});
