import { expect, test } from 'vitest';
import type { KubeObject } from '../machinery/object.ts';
import { anObject, created } from '../testing/strategy.ts';
import { lease } from './coordination/lease.ts';
import { node } from './core/node.ts';
import { persistentVolumeClaim } from './core/persistent-volume-claim.ts';
import { serviceAccount } from './core/service-account.ts';
import type { DefinedKind } from './define.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';

const SOURCE = { apiGroup: 'a.b', kind: 'K', name: 'n', namespace: 'other' };

test.each<[string, DefinedKind, object, object]>([
  [
    'all of a secret but its name',
    serviceAccount,
    { secrets: [{ name: 's', namespace: 'n' }, {}] },
    { secrets: [{ name: 's' }, {}] },
  ],
  [
    'coordinated election',
    lease,
    { spec: { holderIdentity: 'h', strategy: 's', preferredHolder: 'p' } },
    { spec: { holderIdentity: 'h' } },
  ],
  [
    'a source in another namespace',
    persistentVolumeClaim,
    { spec: { dataSourceRef: SOURCE } },
    { spec: { volumeMode: 'Filesystem' } },
  ],
  ['the configuration of a kubelet', node, { spec: { configSource: {} }, status: { config: {} } }, { spec: {} }],
  [
    'the old topology of an endpoint',
    endpointSlice,
    { endpoints: [{ addresses: [], deprecatedTopology: { a: 'b' } }] },
    { endpoints: [{ addresses: [], conditions: {} }] },
  ],
])('a create leaves out %s', (_what, kind, fields, kept) => {
  const made = created(kind, anObject(kind, fields));
  for (const [name, value] of Object.entries(kept)) expect(made[name as keyof KubeObject]).toEqual(value);
});
