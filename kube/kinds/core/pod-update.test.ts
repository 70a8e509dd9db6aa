import { expect, test } from 'vitest';
import { pod as aPod } from '../../testing/objects.ts';
import { updateErrors } from '../../testing/strategy.ts';
import type { Pod, Toleration } from '../../types.ts';
import { pod } from './pod.ts';

test('of a pod only the image and a few other things may change', () => {
  const object = aPod({ spec: { activeDeadlineSeconds: 50, tolerations: [{ key: 'a', operator: 'Exists' }] } });
  const errors = (change: (spec: NonNullable<Pod['spec']>) => void) =>
    updateErrors(pod, object, ({ spec }) => spec && change(spec));
  expect(errors(({ containers }) => Object.assign(containers[0] ?? {}, { image: 'nginx:2' }))).toEqual([]);
  expect(errors((spec) => spec.tolerations?.push({ key: 'b', operator: 'Exists' }))).toEqual([]);
  expect(errors((spec) => Object.assign(spec, { activeDeadlineSeconds: 10 }))).toEqual([]);
  expect(errors((spec) => Object.assign(spec, { activeDeadlineSeconds: 60 }))).toEqual([
    'spec.activeDeadlineSeconds: Invalid value: 60: must be less than or equal to previous value',
  ]);
  expect(errors((spec) => Object.assign(spec, { tolerations: [] as Toleration[] }))).toEqual([
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ]);
  expect(errors((spec) => spec.containers.push({ name: 'b', image: 'x' }))).toEqual([
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ]);
  const [refused] = errors((spec) => Object.assign(spec, { nodeName: 'n1' }));
  expect(refused).toMatch(
    /^spec: Forbidden: pod updates may not change fields other than `spec.containers\[\*\].image`/,
  );
  expect(refused).toMatch(/\n\+ nodeName: "n1"$/);
});

test('a gated pod may lose its gates and be narrowed', () => {
  const object = aPod({ spec: { schedulingGates: [{ name: 'a.b/c' }], nodeSelector: { zone: 'x' } } });
  const narrowed = updateErrors(pod, object, ({ spec }) =>
    Object.assign(spec ?? {}, { schedulingGates: [], nodeSelector: { zone: 'x', disk: 'ssd' } }),
  );
  expect(narrowed).toEqual([]);
});

test('the node affinity of a gated pod takes more requirements, and loses none', () => {
  const field = 'requiredDuringSchedulingIgnoredDuringExecution';
  const zone = { key: 'zone', operator: 'In', values: ['x'] };
  const affinity = (...terms: object[]) => ({ nodeAffinity: { [field]: { nodeSelectorTerms: terms } } });
  const gated = (spec: object) => aPod({ spec: { schedulingGates: [{ name: 'a.b/c' }], ...spec } as Pod['spec'] });
  const errors = (from: Pod, to: unknown) =>
    updateErrors(pod, from, ({ spec }) => Object.assign(spec ?? {}, { affinity: to }));
  const object = gated({ affinity: affinity({ matchExpressions: [zone] }) });
  const disk = { key: 'disk', operator: 'Exists' };
  expect(errors(object, affinity({ matchExpressions: [zone, disk] }))).toEqual([]);
  expect(errors(gated({}), affinity({ matchExpressions: [zone] }))).toEqual([]);
  const at = `spec.affinity.nodeAffinity.${field}.nodeSelectorTerms`;
  expect(errors(object, affinity({ matchExpressions: [disk] }))[0]).toMatch(
    `${at}[0]: Invalid value: {"matchExpressions":[{"key":"disk","operator":"Exists"}]}: only additions are allowed`,
  );
  expect(errors(object, undefined)).toEqual([
    `${at}: Invalid value: null: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
  ]);
  expect(errors(object, { ...affinity({ matchExpressions: [zone] }), podAffinity: {} })[0]).toMatch(
    /^spec: Forbidden: pod updates may not change fields other than/,
  );
});

test('a deadline out of range, and a container without an image, are told with what else an update may not do', () => {
  const object = aPod({ spec: { schedulingGates: [{ name: 'a.b/c' }] } as Pod['spec'] });
  const errors = (change: (spec: NonNullable<Pod['spec']>) => void) =>
    updateErrors(pod, object, ({ spec }) => spec && change(spec));
  expect(errors((spec) => Object.assign(spec, { activeDeadlineSeconds: -1 }))).toContain(
    'spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  );
  const noImage = errors(({ containers }) => Object.assign(containers[0] ?? {}, { image: '', workingDir: '/x' }));
  expect(noImage).toContain('spec.containers[0].image: Required value');
  expect(noImage.at(-1)).toMatch(/^spec: Forbidden: pod updates may not change fields other than/);
  const gates = errors((spec) => Object.assign(spec, { schedulingGates: [{ name: 'd.e/f' }, { name: 'd.e/f' }] }));
  expect(gates.at(-1)).toBe(
    "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'd.e/f'",
  );
});
