import { expect, test } from 'vitest';
import { anObject, created, createErrors, updateErrors } from '../../testing/strategy.ts';
import type { DefinedKind } from '../define.ts';
import { csiDriver } from './csi-driver.ts';
import { csiNode } from './csi-node.ts';
import { csiStorageCapacity } from './csi-storage-capacity.ts';
import { storageClass } from './storage-class.ts';
import { volumeAttachment } from './volume-attachment.ts';
import { volumeAttributesClass } from './volume-attributes-class.ts';

const INLINE = 'in the context of inline volumes';

test.each<[DefinedKind, object, string[]]>([
  [csiDriver, { spec: { fsGroupPolicy: 'File', volumeLifecycleModes: ['Ephemeral'] } }, []],
  [
    csiDriver,
    {
      spec: {
        fsGroupPolicy: 'x',
        volumeLifecycleModes: ['x'],
        nodeAllocatableUpdatePeriodSeconds: 1,
        tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }],
      },
    },
    [
      'spec.fsGroupPolicy: Unsupported value: "x": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.volumeLifecycleModes: Unsupported value: "x": supported values: "Persistent", "Ephemeral"',
      'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 1: must be greater than or equal to 10 seconds',
    ],
  ],
  [
    csiDriver,
    { spec: { serviceAccountTokenInSecrets: true } },
    [
      'spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no tokenRequests are specified',
    ],
  ],
  [csiNode, { spec: { drivers: null } }, []],
  [
    csiNode,
    {
      spec: {
        drivers: [
          { name: 'd', nodeID: '', topologyKeys: null, allocatable: { count: -1 } },
          { name: 'd', nodeID: 'n', topologyKeys: ['a', 'a'] },
        ],
      },
    },
    [
      'spec.drivers[0].nodeID: Required value',
      'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
      'spec.drivers[1].name: Duplicate value: "d"',
      'spec.drivers[1]: Duplicate value: "a"',
    ],
  ],
  [
    csiStorageCapacity,
    { storageClassName: 'c', capacity: '-1', nodeTopology: { matchExpressions: [{ key: 'k', operator: 'x' }] } },
    [
      'nodeTopology.matchExpressions[0].operator: Invalid value: "x": not a valid selector operator',
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  [
    volumeAttachment,
    { spec: { attacher: 'a', nodeName: 'n', source: {} } },
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  [volumeAttachment, { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } } }, []],
  [
    volumeAttachment,
    {
      spec: {
        attacher: 'a',
        nodeName: 'n',
        source: {
          inlineVolumeSpec: {
            accessModes: ['ReadWriteOnce'],
            nfs: { server: 's', path: '/' },
            capacity: { storage: '1' },
          },
        },
      },
    },
    [
      `spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified ${INLINE}`,
      `spec.source.inlineVolumeSpec.csi: Required value: has to be specified ${INLINE}`,
    ],
  ],
  [
    volumeAttributesClass,
    {},
    ['driverName: Required value', 'parameters: Required value: must contain at least one key/value pair'],
  ],
  [
    storageClass,
    { provisioner: 'p', allowedTopologies: [{}] },
    ['allowedTopologies[0].matchLabelExpressions: Duplicate value: ""'],
  ],
])('%s: a create with %j', (kind, fields, errors) => {
  expect(createErrors(kind, anObject(kind, fields))).toEqual(errors);
});

test('a create leaves out preventPodSchedulingIfMissing of a driver, whose feature gate is off', () => {
  const asked = anObject(csiDriver, { spec: { preventPodSchedulingIfMissing: true } });
  expect(created(csiDriver, asked).spec).not.toHaveProperty('preventPodSchedulingIfMissing');
});

test('drivers and parameters of classes are immutable', () => {
  const attachment = anObject(volumeAttachment, {
    spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } },
  });
  expect(created(volumeAttachment, attachment).status).toEqual({ attached: false });
  const moved = updateErrors(volumeAttachment, attachment, (next) =>
    Object.assign(next.spec as object, { nodeName: 'm' }),
  );
  expect(moved).toEqual([expect.stringMatching(/^spec: Invalid value: .*: field is immutable$/)]);
  const tier = anObject(volumeAttributesClass, { driverName: 'd', parameters: { a: '1' } });
  expect(updateErrors(volumeAttributesClass, tier, (next) => Object.assign(next, { parameters: { a: '2' } }))).toEqual([
    'parameters: Forbidden: updates to parameters are forbidden.',
  ]);
  const driver = anObject(csiDriver, { spec: {} });
  expect(
    updateErrors(csiDriver, driver, (next) => Object.assign(next.spec as object, { attachRequired: false })),
  ).toEqual(['spec.attachedRequired: Invalid value: false: field is immutable']);
});

test('a driver of a node without topology keys is the same with an empty list of them', () => {
  const node = anObject(csiNode, { spec: { drivers: [{ name: 'd', nodeID: 'n', topologyKeys: null }] } });
  const keys = (topologyKeys: string[]) =>
    updateErrors(csiNode, node, ({ spec }) =>
      Object.assign((spec as { drivers: [object] }).drivers[0], { topologyKeys }),
    );
  expect(keys([])).toEqual([]);
  expect(keys(['zone'])).toEqual([expect.stringMatching(/^spec.drivers: Invalid value: .*: field is immutable$/)]);
});

test('tens of thousands of terms and drivers are looked at once each', () => {
  const many = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
  const terms = anObject(storageClass, { provisioner: 'p', allowedTopologies: many(30_000, () => ({})) });
  expect(createErrors(storageClass, terms).length).toBeLessThan(1000);
  const drivers = many(30_000, (i) => ({ name: `d${i}`, nodeID: 'n' }));
  const errors = updateErrors(csiNode, anObject(csiNode, { spec: { drivers } }), ({ spec }) => {
    Object.assign((spec as { drivers: object[] }).drivers[1] ?? {}, { nodeID: 'm' });
  });
  expect(errors).toEqual([expect.stringMatching(/^spec.drivers: Invalid value: .*: field is immutable$/)]);
});

test('the metadata of an attachment counts by its keys and values', () => {
  const attachment = anObject(volumeAttachment, {
    spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } },
  });
  const withMetadata = (attachmentMetadata: object) =>
    volumeAttachment.strategy.validateStatusUpdate?.(
      { ...attachment, status: { attached: true, attachmentMetadata } },
      attachment,
    );
  const full = { a: 'x'.repeat(128 * 1024 - 1), b: 'x'.repeat(128 * 1024 - 1) };
  expect(withMetadata(full)).toEqual([]);
  expect(withMetadata({ ...full, c: '' })).toMatchObject([{ field: 'status.attachmentMetadata' }]);
});
