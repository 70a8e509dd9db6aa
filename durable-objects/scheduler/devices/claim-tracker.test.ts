import { expect, test } from 'vitest';
import { EXTENDED_RESOURCE_CLAIM } from '../../../kube/devices/claims.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { CLAIMS, ClaimTracker } from './claim-tracker.ts';

test('the claim that stands for a pod stays known when another one of the pod changes and goes', () => {
  const tracker = new ClaimTracker();
  const take = (name: string, revision: number, gone = false): void => {
    const object = {
      metadata: {
        name,
        annotations: { [EXTENDED_RESOURCE_CLAIM]: 'true' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true }],
      },
    } as unknown as KubeObject;
    tracker.take({ key: `${CLAIMS}/default/${name}`, revision, gone, object: () => object });
  };
  take('earlier', 1);
  take('later', 2);
  take('earlier', 3, true);
  expect(tracker.ofExtendedResources('u')).toBe(`${CLAIMS}/default/later`);
  take('again', 4);
  take('later', 5);
  take('later', 6, true);
  expect(tracker.ofExtendedResources('u')).toBe(`${CLAIMS}/default/again`);
  take('again', 7, true);
  expect(tracker.ofExtendedResources('u')).toBeUndefined();
});
