import { expect, test } from 'vitest';
import { keyOf } from '../../kube/machinery/resource.ts';
import type { APIService } from '../../kube/types.ts';
import { apiServiceAvailabilityController, availabilityEffects } from './api-service-availability-controller.ts';
import type { View } from './runtime/view/view.ts';

const service = (conditions: object[], isLocal = false): APIService =>
  ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.y' },
    spec: isLocal ? {} : { service: { namespace: 'n', name: 's' } },
    status: { conditions },
  }) as unknown as APIService;
const plan = (object: APIService | undefined, memo?: string) =>
  apiServiceAvailabilityController.reconcile(
    keyOf('apiservices.apiregistration.k8s.io', '', 'v1.y'),
    { get: () => object } as unknown as View,
    0,
    memo,
  );

const PASSED = { type: 'Available', status: 'True', reason: 'Passed' };
const FAILED = { type: 'Available', status: 'False', reason: 'ServiceNotFound' };
const LOCAL = { type: 'Available', status: 'True', reason: 'Local' };

test('an APIService is checked ever more rarely until it answers, and then no more', () => {
  expect(plan(service([]))).toMatchObject({ actions: [{ do: 'effect' }], requeueAfter: 1000, memo: '1' });
  expect(plan(service([FAILED]), '3')).toMatchObject({ requeueAfter: 8000, memo: '4' });
  expect(plan(service([FAILED]), '20')).toMatchObject({ requeueAfter: 600_000 });
  expect(plan(service([FAILED]), '26')).not.toHaveProperty('requeueAfter');
  expect(plan(service([PASSED]), '1')).toEqual({ actions: [] });
  expect(plan(service([PASSED]))).toMatchObject({ actions: [{ do: 'effect' }] });
  expect(plan(undefined)).toEqual({ actions: [] });
});

test('an APIService of the server’s own gets its condition once', () => {
  expect(plan(service([LOCAL], true))).toEqual({ actions: [] });
  expect(plan(service([FAILED], true))).toMatchObject({ actions: [{ do: 'effect' }] });
  expect(plan(service([FAILED], true))).not.toHaveProperty('requeueAfter');
  expect(plan(service([LOCAL]), '1')).toMatchObject({ actions: [{ do: 'effect' }] });
});

test('a look that finds nothing new writes nothing', async () => {
  const effects = availabilityEffects(async (object) => (object.status ? undefined : service([PASSED])));
  const check = effects['check-api-service'];
  expect(await check?.(service([]) as never)).toEqual([]);
  expect(await check?.({ ...service([]), status: undefined } as never)).toMatchObject([{ do: 'update-status' }]);
});
