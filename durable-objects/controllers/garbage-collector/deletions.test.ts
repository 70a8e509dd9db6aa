import fc from 'fast-check';
import { expect, test } from 'vitest';
import { garbageCollector } from '../garbage-collector.ts';
import { Harness } from '../runtime/testing/harness.ts';

test('owners and dependents deleted in any way, evictions in between: none is left over, and none waits for ever', async () => {
  const policy = fc.constantFrom('Background', 'Foreground', 'Orphan');
  const owners = fc.array(fc.nat(7), { maxLength: 2 });
  const deletion = fc.record({ victim: fc.nat(7), policy, steps: fc.nat(6), kill: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(owners, { minLength: 2, maxLength: 8 }),
      fc.array(deletion, { maxLength: 6 }),
      async (ties, deletions) => {
        const harness = new Harness([garbageCollector]);
        const { api } = harness;
        // Owners come before their dependents, so there are no circles.
        for (const [index, owned] of ties.entries()) {
          const above = [...new Set(owned.filter((owner) => owner < index))];
          const ownerReferences = above.map((owner) => ({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            name: `o${owner}`,
            uid: `u${owner}`,
            blockOwnerDeletion: owner % 2 === 0,
          }));
          const own = above.length > 0 ? { ownerReferences } : {};
          const metadata = { name: `o${index}`, namespace: 'default', uid: `u${index}`, ...own };
          await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
        }
        for (const { victim, policy, steps, kill } of deletions) {
          if (api.read('configmaps', 'default', `o${victim}`)) {
            await api.remove('configmaps', 'default', `o${victim}`, policy);
          }
          for (let step = 0; step < steps; step++) await harness.step();
          if (kill) harness.kill();
        }
        await harness.settle();
        const objects = api.all('configmaps/');
        const uids = new Set(objects.map(({ metadata }) => metadata.uid));
        for (const { metadata } of objects) {
          expect(metadata.deletionTimestamp).toBeUndefined();
          const { ownerReferences } = metadata;
          if (ownerReferences) expect(ownerReferences.some(({ uid }) => uids.has(uid))).toBe(true);
        }
        expect(harness.errors).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
}, 60_000);
