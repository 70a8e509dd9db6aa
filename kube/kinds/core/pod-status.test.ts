import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { pod as aPod } from '../../testing/objects.ts';
import { BY } from '../../testing/strategy.ts';
import type { Pod } from '../../types.ts';
import { pod } from './pod.ts';

const withStatus = (status: object, spec: object = {}): Pod =>
  ({ ...aPod({ spec: spec as Pod['spec'] }), status }) as Pod;
const errors = (status: object, before: object = {}, spec: object = {}): string[] =>
  (pod.strategy.validateStatusUpdate?.(withStatus(status, spec), withStatus(before, spec)) ?? []).map(errorText);
const statuses = (more: object) => [{ name: 'main', ...more }];
const containers = [
  {
    name: 'main',
    image: 'x',
    resources: { requests: { cpu: '1', 'example.com/gpu': '1' }, claims: [{ name: 'gpu', request: 'r' }] },
  },
];
const allocated = (name: string, ...resources: object[]) => ({
  containerStatuses: statuses({ allocatedResourcesStatus: [{ name, resources }] }),
});
const HEALTH = 'status.containerStatuses[0].allocatedResourcesStatus[0]';
const MAPPING = 'status.extendedResourceClaimStatus';
const mapping = (more: object) => ({
  extendedResourceClaimStatus: {
    requestMappings: [{ containerName: 'main', resourceName: 'example.com/gpu', requestName: 'r', ...more }],
    resourceClaimName: 'c',
  },
});

test.each<[object, string[]]>([
  [allocated('example.com/gpu', { resourceID: 'a', health: 'Healthy' }), []],
  [allocated('claim:gpu/r', { resourceID: 'a', health: 'Healthy', message: 'hot' }), []],
  [
    allocated('x', { resourceID: 'a', health: 'y', message: '' }, { resourceID: 'a', health: 'Unknown' }),
    [
      `${HEALTH}.name: Invalid value: "x": must match one of the container's resource requests`,
      `${HEALTH}.resources[0].health: Unsupported value: "y": supported values: "Healthy", "Unhealthy", "Unknown"`,
      `${HEALTH}.resources[0].message: Required value: must be non-empty if specified`,
      `${HEALTH}.resources[1].resourceID: Duplicate value: "a"`,
    ],
  ],
  [
    allocated('claim:gpu'),
    [
      `${HEALTH}.name: Invalid value: "claim:gpu": must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty`,
    ],
  ],
  [
    { ephemeralContainerStatuses: statuses({ allocatedResourcesStatus: [{ name: 'x' }] }) },
    [
      'status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status',
    ],
  ],
  [
    { initContainerStatuses: statuses({ user: { linux: { uid: -1, gid: 1, supplementalGroups: [2 ** 31] } } }) },
    ['uid: Invalid value: -1', 'supplementalGroups[0]: Invalid value: 2147483648'].map(
      (text) => `status.initContainerStatuses[0].user.linux.${text}: must be between 0 and 2147483647, inclusive`,
    ),
  ],
  [mapping({}), []],
  [
    mapping({ containerName: 'web' }),
    [
      `${MAPPING}.requestMappings[0].containerName: Invalid value: "web": must match the name of an entry in spec.initContainers.name or spec.containers.name`,
    ],
  ],
  [
    { extendedResourceClaimStatus: {} },
    [
      `${MAPPING}.requestMappings: Required value: at least one request mapping is required`,
      `${MAPPING}.resourceClaimName: Required value`,
    ],
  ],
  [
    { resourceClaimStatuses: [{ name: 'a' }, { name: 'a' }] },
    [
      'status.resourceClaimStatuses[0].name: Invalid value: "a": must match the name of an entry in `spec.resourceClaims`',
      'status.resourceClaimStatuses[1].name: Invalid value: "a": must match the name of an entry in `spec.resourceClaims`',
      'status.resourceClaimStatuses[1].name: Duplicate value: "a"',
    ],
  ],
  [
    { observedGeneration: -1, conditions: [{ type: 'Ready', observedGeneration: -1 }] },
    ['status.conditions[0].observedGeneration', 'status.observedGeneration'].map(
      (field) => `${field}: Invalid value: -1: must be a non-negative integer`,
    ),
  ],
])('a pod gets the status %j', (status, expected) => {
  expect(errors(status, {}, { containers })).toEqual(expected);
});

test('a pod that has a node is not nominated to another', () => {
  expect(errors({ nominatedNodeName: 'm' }, {}, { nodeName: 'n' })).toEqual([
    'status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node',
  ]);
});

test.each<[string, object, number, boolean]>([
  ['Always', {}, 0, true],
  ['OnFailure', {}, 0, false],
  ['OnFailure', {}, 1, true],
  ['Never', {}, 1, false],
  ['Never', { restartPolicy: 'Always' }, 0, true],
  [
    'Never',
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [3] } }] },
    3,
    true,
  ],
  [
    'Never',
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [3] } }] },
    4,
    false,
  ],
])(
  'in a pod with the policy %s a container with %j that ended with %d runs again: %s',
  (policy, more, exitCode, runs) => {
    const ended = { containerStatuses: statuses({ state: { terminated: { exitCode } } }) };
    const spec = { restartPolicy: policy, containers: [{ name: 'main', image: 'x', ...more }] };
    const running = { containerStatuses: statuses({ state: { running: {} } }) };
    const why = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';
    expect(errors(running, ended, spec)).toEqual(runs ? [] : [why]);
  },
);

test('of several statuses of one name, none may say that an ended container runs', () => {
  const [ended] = statuses({ state: { terminated: { exitCode: 0 } } });
  const [running] = statuses({ state: { running: {} } });
  const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] };
  const why = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';
  const change = { containerStatuses: [ended, running] as ReturnType<typeof statuses> };
  expect(errors(change, { containerStatuses: [ended] as ReturnType<typeof statuses> }, spec)).toEqual([why]);
});

test('fields that a kubelet leaves out of a pod’s status stay', () => {
  const next = withStatus({ conditions: [{ type: 'Ready' }, { type: 'Ready' }] });
  const old = withStatus({
    qosClass: 'Burstable',
    observedGeneration: 3,
    conditions: [{ type: 'Ready', observedGeneration: 2 }],
  });
  pod.strategy.prepareForStatusUpdate?.(next, old, BY);
  expect(next.status).toEqual({
    qosClass: 'Burstable',
    observedGeneration: 3,
    conditions: [{ type: 'Ready', observedGeneration: 2 }, { type: 'Ready' }],
  });
});

test('addresses of a status are warned about as others are', () => {
  expect(pod.strategy.statusWarnings?.(withStatus({ podIPs: [{ ip: '2001:DB8::1' }] }))).toEqual([
    'status.podIPs[0].ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]);
});
