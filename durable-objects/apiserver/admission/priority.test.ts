import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, PODS, pod } from '../testing/objects.ts';

const PRIORITY_CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';

test('priority classes become numbers', async () => {
  const { call, create } = await testApi();
  const critical = await create<Pod>(PODS, pod('a', { spec: { priorityClassName: 'system-node-critical' } }));
  expect(critical.spec?.priority).toBe(2000001000);
  const { body } = await call<{ items: { metadata: { name: string } }[] }>(`GET ${PRIORITY_CLASSES}`);
  expect(body.items.map(({ metadata }) => metadata.name)).toEqual(['system-cluster-critical', 'system-node-critical']);
  const wrong = { metadata: { name: 'system-node-critical' }, value: 1 };
  expect((await call(`POST ${PRIORITY_CLASSES}`, { body: wrong })).body.message).toContain(
    'error: value of system-node-critical PriorityClass must be 2000001000',
  );
  const unknown = await call(`POST ${PODS}`, { body: pod('b', { spec: { priorityClassName: 'fast' } }) });
  expect([unknown.status, unknown.body.message]).toEqual([
    403,
    'pods "b" is forbidden: no PriorityClass with name fast was found',
  ]);
  const own = await call(`POST ${PODS}`, { body: pod('b', { spec: { priority: 7 } }) });
  expect(own.body.message).toBe(
    'pods "b" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  );
});

test('a second PriorityClass cannot be the default', async () => {
  const { call, create } = await testApi();
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
  await create(classes, { metadata: { name: 'a' }, value: 5, globalDefault: true });
  await create(classes, { metadata: { name: 'b' }, value: 4 });
  const message = 'is forbidden: PriorityClass a is already marked as default. Only one default can exist';
  const second = await call(`POST ${classes}`, { body: { metadata: { name: 'c' }, value: 6, globalDefault: true } });
  expect([second.status, second.body.message]).toEqual([403, `priorityclasses.scheduling.k8s.io "c" ${message}`]);
  const patch = (name: string, body: object) => call(`PATCH ${classes}/${name}`, { body, headers: MERGE });
  expect((await patch('b', { globalDefault: true })).body.message).toBe(
    `priorityclasses.scheduling.k8s.io "b" ${message}`,
  );
  expect((await patch('a', { description: 'still' })).status).toBe(200);
});

test('a pod that names no class gets the default one as it is when the pod is made', async () => {
  const { call, create } = await testApi();
  let made = 0;
  const priority = async () => {
    const { spec } = await create<Pod>(PODS, pod(`p${made++}`));
    return [spec?.priority, spec?.priorityClassName];
  };
  expect(await priority()).toEqual([0, undefined]);
  await create(PRIORITY_CLASSES, { metadata: { name: 'a' }, value: 5, globalDefault: true });
  expect(await priority()).toEqual([5, 'a']);
  const headers = MERGE;
  await call(`PATCH ${PRIORITY_CLASSES}/a`, { body: { globalDefault: false }, headers });
  expect(await priority()).toEqual([0, undefined]);
  const together = [
    call(`PATCH ${PRIORITY_CLASSES}/a`, { body: { globalDefault: true }, headers }),
    call<Pod>(`POST ${PODS}`, { body: pod('beside') }),
    call(`DELETE ${PRIORITY_CLASSES}/a`),
  ];
  await Promise.all(together);
  expect(await priority()).toEqual([0, undefined]);
});
