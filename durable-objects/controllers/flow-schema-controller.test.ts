import { expect, test } from 'vitest';
import { BOOTSTRAP_PRIORITY_LEVELS, FLOW_SCHEMAS, PRIORITY_LEVELS } from '../../kube/flowcontrol/bootstrap.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { FlowSchema } from '../../kube/types.ts';
import { flowSchemaController } from './flow-schema-controller.ts';
import { Harness } from './runtime/testing/harness.ts';

const schema = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 'mine' },
  spec: { priorityLevelConfiguration: { name: 'system' } },
};

test('a flow schema says whether its priority level is there', async () => {
  const harness = new Harness([flowSchemaController]);
  const { api } = harness;
  const dangling = () => api.all<FlowSchema>(`${FLOW_SCHEMAS}/`).flatMap(({ status }) => status?.conditions);
  await api.apply(FLOW_SCHEMAS, schema);
  await harness.settle();
  expect(dangling()).toMatchObject([
    {
      type: 'Dangling',
      status: 'True',
      reason: 'NotFound',
      message:
        'This FlowSchema references the PriorityLevelConfiguration object named "system" but there is no such object',
    },
  ]);
  harness.kill();
  const level = BOOTSTRAP_PRIORITY_LEVELS.find(({ metadata }) => metadata.name === 'system') as KubeObject;
  await api.apply(PRIORITY_LEVELS, level);
  await harness.settle();
  expect(dangling()).toMatchObject([{ status: 'False', reason: 'Found' }]);
  expect(harness.errors).toEqual([]);
});
