import { expect, test } from 'vitest';
import type { LimitRange, PersistentVolumeClaim, Pod } from '../../../types.ts';
import { claimViolations, podViolations, setLimitRangeDefaults } from './limit-range-rules.ts';

const range = (...limits: object[]) => ({ metadata: { name: 'r' }, spec: { limits } }) as unknown as LimitRange;
const podOf = (spec: object) => ({ metadata: { name: 'p' }, spec }) as unknown as Pod;

test('containers get what they leave out, and the pod says which', () => {
  const pod = podOf({
    containers: [{ name: 'c', resources: { limits: { memory: '1Gi' } } }, { name: 'd' }],
    initContainers: [{ name: 'i', resources: { requests: { cpu: '1' }, limits: { cpu: '1', memory: '2Gi' } } }],
  });
  const item = { type: 'Container', default: { cpu: '2', memory: '4Gi' }, defaultRequest: { memory: '1Gi', cpu: '1' } };
  expect(setLimitRangeDefaults(pod, range(item, { type: 'Pod', max: { cpu: '1' } }))).toBe(true);
  const whole = { limits: { cpu: '2', memory: '4Gi' }, requests: { memory: '1Gi', cpu: '1' } };
  expect(pod.spec?.containers.map(({ resources }) => resources)).toEqual([
    { limits: { cpu: '2', memory: '1Gi' }, requests: { memory: '1Gi', cpu: '1' } },
    whole,
  ]);
  expect(pod.metadata.annotations).toEqual({
    'kubernetes.io/limit-ranger':
      'LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c; cpu, memory request for container d; cpu, memory limit for container d; memory request for init container i',
  });
  const before = structuredClone(pod);
  expect(setLimitRangeDefaults(pod, range(item))).toBe(false);
  expect(pod).toEqual(before);
});

const between = { min: { cpu: '100m' }, max: { cpu: '1' } };

test.each<[string, object, object, string[]]>([
  ['within', { type: 'Container', ...between }, { requests: { cpu: '100m' }, limits: { cpu: '1' } }, []],
  [
    'without any',
    { type: 'Container', ...between },
    {},
    [
      'minimum cpu usage per Container is 100m.  No request is specified',
      'maximum cpu usage per Container is 1.  No limit is specified',
    ],
  ],
  [
    'too little',
    { type: 'Container', ...between },
    { requests: { cpu: '50m' }, limits: { cpu: '60m' } },
    ['minimum cpu usage per Container is 100m, but request is 50m'],
  ],
  [
    'too much',
    { type: 'Container', ...between },
    { requests: { cpu: '500m' }, limits: { cpu: '1500m' } },
    ['maximum cpu usage per Container is 1, but limit is 1500m'],
  ],
  [
    'too far apart',
    { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
    { requests: { cpu: '300m' }, limits: { cpu: '1' } },
    ['cpu max limit to request ratio per Container is 2, but provided ratio is 3.333333'],
  ],
  [
    'a ratio to nothing',
    { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
    { limits: { cpu: '1' } },
    ['cpu max limit to request ratio per Container is 2, but no request is specified or request is 0'],
  ],
])('a container with %s', (_, item, resources, texts) => {
  const violations = podViolations(podOf({ containers: [{ name: 'c', resources }] }), range(item));
  expect(violations).toEqual(texts);
});

test('a pod is the sum of its containers, or its neediest init container beside the sidecars', () => {
  const asks = (cpu: string, more = {}) => ({ resources: { requests: { cpu }, limits: { cpu } }, ...more });
  const pod = podOf({
    containers: [asks('1'), asks('1')],
    initContainers: [asks('1', { restartPolicy: 'Always' }), asks('3')],
  });
  const most = (cpu: string) => podViolations(pod, range({ type: 'Pod', max: { cpu } }));
  expect(most('4')).toEqual([]);
  expect(most('3500m')).toEqual(['maximum cpu usage per Pod is 3500m, but limit is 4']);
  pod.spec = { ...pod.spec, resources: { requests: { cpu: '5' }, limits: { cpu: '5' } } } as Pod['spec'];
  expect(most('4')).toEqual(['maximum cpu usage per Pod is 4, but limit is 5']);
});

test('of claims, requests count alone', () => {
  const item = { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } };
  const asks = (storage: string) =>
    claimViolations(
      { spec: { resources: { requests: { storage } } } } as unknown as PersistentVolumeClaim,
      range(item),
    );
  expect(asks('5Gi')).toEqual([]);
  expect(asks('512Mi')).toEqual(['minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi']);
  expect(asks('6Gi')).toEqual(['maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi']);
});
