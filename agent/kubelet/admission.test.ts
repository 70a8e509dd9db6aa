import { expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import { Admission } from './admission.ts';

const node = (labels: Record<string, string> = {}): Node =>
  ({
    metadata: { name: 'n', labels },
    status: { allocatable: { cpu: '2', memory: '1Gi', pods: '9' } },
  }) as unknown as Node;

const pod = (uid: string, cpu: string, extra: { spec?: object; status?: object } = {}): Pod =>
  ({
    metadata: { uid, name: uid },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...extra.spec },
    status: extra.status,
  }) as unknown as Pod;

const BEGUN = { status: { startTime: '2026-01-01T00:00:00Z', phase: 'Running' } };

function rig(known = node(), fetched = known) {
  let fetches = 0;
  const source = {
    known: () => known,
    fetched: async () => {
      fetches++;
      return fetched;
    },
  };
  const admission = new Admission(source, { appArmor: false });
  const admit = async (one: Pod) => (await admission.admit(one))?.reason ?? 'taken';
  return { admission, admit, fetches: () => fetches };
}

test('A new pod waits until all existing pods are known, and gets the capacity that they leave', async () => {
  const { admission, admit } = rig();
  const early = admit(pod('new', '1'));
  admission.track(pod('old', '1500m', BEGUN));
  admission.track(pod('over', '2', { status: { startTime: '2026-01-01T00:00:00Z', phase: 'Succeeded' } }));
  admission.allTracked();
  expect(await early).toBe('OutOfcpu');
  expect(await admit(pod('small', '500m'))).toBe('taken');
  expect(await admit(pod('smaller', '100m'))).toBe('OutOfcpu');
});

test('A pod that has begun is not judged again, however much the node has changed', async () => {
  const { admission, admit } = rig();
  admission.allTracked();
  expect(await admit(pod('a', '2'))).toBe('taken');
  admission.track(pod('b', '9', BEGUN));
  expect(await admit(pod('b', '9', BEGUN))).toBe('taken');
});

test('A changed pod counts with its new requests, and a finished pod not at all', async () => {
  const { admission, admit } = rig();
  admission.allTracked();
  await admit(pod('a', '2'));
  admission.changed(pod('a', '500m', BEGUN));
  expect(await admit(pod('b', '1500m'))).toBe('taken');
  admission.release(pod('a', '500m'));
  // The cluster's word of it comes late.
  admission.changed(pod('a', '500m', BEGUN));
  expect(await admit(pod('c', '500m'))).toBe('taken');
});

test('Labels that do not match are fetched once more before a pod is turned away for them', async () => {
  const picky = pod('a', '1', { spec: { nodeSelector: { disk: 'ssd' } } });
  const late = rig(node(), node({ disk: 'ssd' }));
  late.admission.allTracked();
  expect([await late.admit(picky), late.fetches()]).toEqual(['taken', 1]);
  const never = rig();
  never.admission.allTracked();
  expect([await never.admit(picky), never.fetches()]).toEqual(['NodeAffinity', 1]);
  expect([await never.admit(pod('big', '3')), never.fetches()]).toEqual(['OutOfcpu', 1]);
});
