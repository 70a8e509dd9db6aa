import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { TestCluster } from '../testing/cluster.ts';

const MAX = '9223372036854775807';
const PODS = '/api/v1/namespaces/default/pods';

test('pods of a workload whose seconds are the greatest of 64 bits are made with all digits, run, and are evicted', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const tolerations = `[{"key":"k","operator":"Exists","effect":"NoExecute","tolerationSeconds":${MAX}}]`;
  const spec = `{"terminationGracePeriodSeconds":${MAX},"tolerations":${tolerations},"containers":[{"name":"c","image":"i"}]}`;
  const template = `{"metadata":{"labels":{"a":"b"}},"spec":${spec}}`;
  const body = `{"metadata":{"name":"d"},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":${template}}}`;
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', body);
  await cluster.advance(60_000);
  const phases = async () => (await cluster.list<Pod>(PODS)).map(({ status }) => status?.phase);
  expect(await phases()).toEqual(['Running', 'Running']);
  const { lines, stop } = await cluster.watch(`${PODS}?resourceVersion=0`);
  await cluster.settle();
  stop();
  expect(lines.join('').split(`"tolerationSeconds":${MAX}`)).toHaveLength(3);
  const taints = [{ key: 'other', effect: 'NoExecute' }];
  await cluster.must('PATCH /api/v1/nodes/sim-0', { spec: { taints } }, 'application/merge-patch+json');
  await cluster.advance(60_000);
  expect(await phases()).toEqual(['Pending', 'Pending']);
});
