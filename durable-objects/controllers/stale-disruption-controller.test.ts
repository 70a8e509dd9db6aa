import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { staleDisruptionController } from './stale-disruption-controller.ts';

const MINUTE = 60_000;

async function disrupted(reason: string, status: object = {}): Promise<Harness> {
  const harness = new Harness([staleDisruptionController]);
  const lastTransitionTime = new Date(harness.time.now()).toISOString();
  const condition = { type: 'DisruptionTarget', status: 'True', reason, message: 'soon', lastTransitionTime };
  await harness.api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', generation: 1 },
    status: { conditions: [{ type: 'Ready', status: 'True' }, condition], ...status },
  });
  await harness.settle(MINUTE);
  return harness;
}

const conditionOf = ({ api }: Harness) =>
  api.read<Pod>('pods', 'default', 'p')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');

test('a pod that was to be deleted, and was not, is told to stay after two minutes, whenever the object is evicted', async () => {
  const harness = await disrupted('EvictionByEvictionAPI');
  harness.kill();
  await harness.settle(MINUTE / 2);
  expect(conditionOf(harness)).toMatchObject({ status: 'True' });
  await harness.settle(2 * MINUTE);
  const { lastTransitionTime, ...rest } = conditionOf(harness) ?? {};
  expect(rest).toEqual({ type: 'DisruptionTarget', status: 'False', observedGeneration: 1 });
  expect(lastTransitionTime).toBeDefined();
  expect([harness.timers.rows.size, harness.errors]).toEqual([0, []]);
});

test('DisruptionTarget stays where a kubelet set it, and on a pod that has ended', async () => {
  for (const harness of [
    await disrupted('TerminationByKubelet'),
    await disrupted('EvictionByEvictionAPI', { phase: 'Failed' }),
  ]) {
    await harness.settle(5 * MINUTE);
    expect(conditionOf(harness)?.status).toBe('True');
  }
});
