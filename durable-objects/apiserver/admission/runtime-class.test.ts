import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { PODS, pod } from '../testing/objects.ts';

const CLASSES = '/apis/node.k8s.io/v1/runtimeclasses';

test('a pod gets the overhead and the placement of its RuntimeClass, and must not contradict them', async () => {
  const { call, create } = await testApi();
  await create(CLASSES, {
    metadata: { name: 'vm' },
    handler: 'kata',
    overhead: { podFixed: { cpu: '250m', memory: '120Mi' } },
    scheduling: { nodeSelector: { vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] },
  });
  const tolerations = [{ key: 'vm', operator: 'Equal', value: 'x', effect: 'NoSchedule' }];
  const { spec } = await create<Pod>(PODS, pod('a', { spec: { runtimeClassName: 'vm', tolerations } }));
  expect(spec?.overhead).toEqual({ cpu: '250m', memory: '120Mi' });
  expect(spec?.nodeSelector).toEqual({ vm: 'yes' });
  expect(spec?.tolerations?.filter(({ key }) => key === 'vm')).toEqual([{ key: 'vm', operator: 'Exists' }]);

  const refusal = async (given: object) =>
    (await call(`POST ${PODS}`, { body: pod('b', { spec: given }) })).body.message;
  expect(await refusal({ runtimeClassName: 'gone' })).toBe(
    'pods "b" is forbidden: pod rejected: RuntimeClass "gone" not found',
  );
  expect(await refusal({ runtimeClassName: 'vm', overhead: { cpu: '1' } })).toBe(
    `pods "b" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead`,
  );
  expect(await refusal({ overhead: { cpu: '1' } })).toBe(
    'pods "b" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
  );
  expect(await refusal({ overhead: {} })).toContain('Pod Overhead set without');
  expect(await refusal({ runtimeClassName: 'a\n' })).toContain('RuntimeClass "a\\n" not found');
  expect(await refusal({ runtimeClassName: 'vm', nodeSelector: { vm: 'no' } })).toBe(
    'pods "b" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no',
  );
});

test('tolerations that another one covers are dropped, however many there are', async () => {
  const { create } = await testApi();
  const out = { key: 'k', operator: 'Exists', effect: 'NoExecute' };
  const equal = { key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' };
  const merged = async (name: string, given: object[], added: object[]) => {
    await create(CLASSES, { metadata: { name }, handler: 'kata', scheduling: { tolerations: added } });
    const spec = { runtimeClassName: name, tolerations: given };
    return (await create<Pod>(PODS, pod(name, { spec }))).spec?.tolerations?.filter(({ key }) => !key?.includes('/'));
  };
  const short = { ...out, tolerationSeconds: 5 };
  const long = { ...out, tolerationSeconds: 9 };
  expect(await merged('a', [short, equal, long], [equal, short])).toEqual([equal, long]);
  expect(await merged('b', [long, short], [out])).toEqual([out]);
  expect(await merged('c', [equal, { key: 'other', operator: 'Exists' }], [{ key: 'k', operator: 'Exists' }])).toEqual([
    { key: 'other', operator: 'Exists' },
    { key: 'k', operator: 'Exists' },
  ]);
  const many = Array.from({ length: 10_000 }, (_, i) => ({ key: `k${i}`, operator: 'Exists' }));
  expect(await merged('d', many, [equal])).toHaveLength(10_001);
});
