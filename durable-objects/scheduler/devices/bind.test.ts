import { expect, test } from 'vitest';
import type { Allocation } from '../../../kube/devices/types.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { projectPod } from '../cache/projections.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { pod, snapshotOf } from '../testing/objects.ts';
import { bindClaims } from './bind.ts';
import { CLAIMS } from './claim-tracker.ts';
import { DeviceState } from './state.ts';

const KEY = `${CLAIMS}/default/c`;
const allocation = {
  devices: { results: [{ request: 'r', driver: 'd.example.com', pool: 'p', device: 'x' }] },
} as Allocation;

/** Whether the device is held once its claim was written, the log having told of `later` before the answer. */
function heldAfter(later: 'nothing' | 'deletion' | 'another' | 'deallocation'): boolean {
  let stored: KubeObject | undefined = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'c', namespace: 'default', uid: 'u', resourceVersion: '1', finalizers: [] },
  };
  const snapshot = snapshotOf([], [], { lookup: (key: string) => (key === KEY ? stored : undefined) });
  const { devices } = snapshot;
  const state = new DeviceState({ claims: [stored as never], extended: undefined, allocator: undefined }, 1000);
  state.reserved.set(0, allocation);
  state.pending.set(0, 'u');
  devices.begin('u', allocation);
  const what = pod('p');
  const cycle = new CycleState(what, projectPod('pods/default/p', what, 1), snapshot);
  const told = (revision: number, object: KubeObject | undefined): void => {
    stored = object;
    devices.take({ key: KEY, revision, gone: !object, object: () => object as KubeObject });
  };
  const requests = bindClaims(cycle, state, 'n');
  let step = requests.next();
  for (let revision = 2; !step.done; revision++) {
    const body = (step.value as unknown as { body: KubeObject & { status?: object } }).body;
    const written = { ...body, metadata: { ...body.metadata, resourceVersion: String(revision) } };
    told(revision, written);
    if (written.status) {
      const metadata = { ...written.metadata, resourceVersion: '9' };
      if (later === 'deletion' || later === 'another') told(8, undefined);
      if (later === 'another') told(9, { ...written, metadata: { ...metadata, uid: 'v' }, status: {} } as KubeObject);
      if (later === 'deallocation') told(9, { ...written, metadata, status: {} } as KubeObject);
    }
    step = requests.next({ ok: true, object: written });
  }
  expect(step.value).toBeUndefined();
  return devices.allocated.isOwned('d.example.com/p/x');
}

test('a claim that was written holds its devices, unless it has lost them before the answer came', () => {
  expect(heldAfter('nothing')).toBe(true);
  expect(heldAfter('deletion')).toBe(false);
  expect(heldAfter('another')).toBe(false);
  expect(heldAfter('deallocation')).toBe(false);
});
