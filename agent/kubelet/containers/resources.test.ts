import { expect, test } from 'vitest';
import type { Container, Pod } from '../../../kube/types.ts';
import { linuxResources } from './resources.ts';

const GIB = 1024 ** 3;

function resources(own: Container['resources'], forPod?: Container['resources']) {
  const container = { name: 'c', resources: own } as Container;
  const pod = { spec: { containers: [container], ...(forPod ? { resources: forPod } : {}) } } as unknown as Pod;
  return linuxResources(pod, container, 4 * GIB);
}

test('Requests are shares, limits are quotas and bytes', () => {
  const both = { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '500m', memory: '2Gi' } };
  expect(resources(both)).toEqual({
    cpuPeriod: 100_000,
    cpuQuota: 50_000,
    cpuShares: 256,
    memoryLimitInBytes: 2 * GIB,
    oomScoreAdj: 750,
  });
});

test('A container without requests gets the least of the CPU and is the first to be killed for memory', () => {
  expect(resources({})).toMatchObject({ cpuQuota: 0, cpuShares: 2, memoryLimitInBytes: 0, oomScoreAdj: 1000 });
});

test('A limit without a request counts as one, and a Guaranteed pod is the last to be killed', () => {
  expect(resources({ limits: { cpu: '2', memory: '1Gi' } })).toMatchObject({ cpuShares: 2048, oomScoreAdj: -997 });
});

test('Amounts beyond the kernel’s limits are cut to them', () => {
  const small = resources({ requests: { cpu: '1m', memory: '1' }, limits: { cpu: '1m' } });
  expect(small).toMatchObject({ cpuShares: 2, cpuQuota: 1000, oomScoreAdj: 999 });
  expect(resources({ requests: { cpu: '10000', memory: '5Gi' } })).toMatchObject({
    cpuShares: 262_144,
    oomScoreAdj: 3,
  });
});

test('A container without limits of its own has those of its pod', () => {
  expect(resources({}, { limits: { cpu: '1', memory: '1Gi' } })).toMatchObject({
    cpuQuota: 100_000,
    memoryLimitInBytes: GIB,
  });
});
