/** Rules of a pod's spec that two of its fields make together. */
import { expect, test } from 'vitest';
import { rememberEmpties } from '../../../machinery/schema/empties.ts';
import { createErrors } from '../../../testing/strategy.ts';
import type { Container, PodSpec } from '../../../types.ts';
import { pod } from '../pod.ts';
import { validateForOS } from './windows.ts';

function errors(spec: Partial<PodSpec>, container: Partial<Container> = {}, metadata: object = {}): string[] {
  const containers = [{ name: 'c', image: 'x', ...container }];
  return createErrors(pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', ...metadata },
    spec: { containers, ...spec },
  } as never);
}

test('a pod with users of its own has no devices', () => {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'x' } }];
  const volumeDevices = [{ name: 'v', devicePath: '/d' }];
  const initContainers = [{ name: 'i', image: 'x', volumeDevices }];
  expect(errors({ volumes, initContainers }, { volumeDevices })).toEqual([]);
  expect(errors({ hostUsers: false, hostIPC: true, volumes, initContainers }, { volumeDevices })).toEqual([
    'spec.HostIPC: Forbidden: when `hostUsers` is false',
    'spec.initContainers[0].volumeDevices: Forbidden: when `hostUsers` is false',
    'spec.containers[0].volumeDevices: Forbidden: when `hostUsers` is false',
  ]);
});

test('an init container that is no sidecar is not started anew by a resize', () => {
  const init = {
    name: 'i',
    image: 'x',
    resizePolicy: [
      { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      { resourceName: 'memory', restartPolicy: 'RestartContainer' },
    ],
  };
  expect(errors({ initContainers: [{ ...init, restartPolicy: 'Always' }] })).toEqual([]);
  expect(errors({ initContainers: [init] })).toEqual([
    'spec.initContainers[0].resizePolicy[1].restartPolicy: Invalid value: "RestartContainer": must not be set to \'RestartContainer\' for non-sidecar initContainers',
  ]);
});

test('a pod for Windows has no resources as a whole, nor groups, not even none', () => {
  const spec = { os: { name: 'windows' }, resources: { requests: { foo: '1' } } };
  expect(errors(spec)).toEqual(['spec.resources: Forbidden: may not be set for a windows pod']);
  const securityContext = {};
  rememberEmpties(securityContext, ['supplementalGroups']);
  const found = validateForOS({ os: { name: 'windows' }, securityContext, containers: [] }, 'spec');
  expect(found.map(({ field }) => field)).toEqual(['spec.securityContext.supplementalGroups']);
});

test.each<[Partial<PodSpec>, string[], string[]]>([
  [{}, ['net.core.somaxconn', 'kernel.sem'], []],
  [
    { hostNetwork: true },
    ['net.core.somaxconn', 'net/ipv4/conf/eno2.100', 'kernel.sem'],
    [
      'sysctls[0].name: "net.core.somaxconn": \'hostNetwork\'',
      'sysctls[1].name: "net/ipv4/conf/eno2.100": \'hostNetwork\'',
    ],
  ],
  [
    { hostIPC: true },
    ['kernel.shmall', 'kernel/msgmax', 'kernel.shmx', 'fs.mqueue.x', 'net.x'],
    [
      'sysctls[0].name: "kernel.shmall": \'hostIPC\'',
      'sysctls[1].name: "kernel/msgmax": \'hostIPC\'',
      'sysctls[3].name: "fs.mqueue.x": \'hostIPC\'',
    ],
  ],
])('with %j the kernel settings %j', (spec, names, expected) => {
  const sysctls = names.map((name) => ({ name, value: '1' }));
  const found = errors({ ...spec, securityContext: { sysctls } });
  expect(found).toEqual(
    expected.map((text) => {
      const [at, name, by] = text.split(': ');
      return `spec.securityContext.${at}: Invalid value: ${name}: may not be specified when ${by} is true`;
    }),
  );
});

test('an error about the key of an annotation shows it as it is looked for', () => {
  const env = [{ name: 'a', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['A/B/C']" } } }];
  expect(errors({}, { env })).toEqual([expect.stringContaining('Invalid value: "a/b/c"')]);
});

test('a volume is no claim that will be made for another volume of the pod', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const volumes = (claimName: string): PodSpec['volumes'] => [
    { name: 'v', ephemeral: { volumeClaimTemplate: { spec } } },
    { name: 'w', persistentVolumeClaim: { claimName } },
  ];
  expect(errors({ volumes: volumes('b-v') })).toEqual([]);
  expect(errors({ volumes: volumes('a-v') })).toEqual([
    'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "a-v": must not reference a PVC that gets created for an ephemeral volume',
  ]);
  const name = 'a'.repeat(253);
  expect(errors({ volumes: volumes('x') }, {}, { name })).toEqual([
    `spec.volumes[0].name: Invalid value: "v": PVC name "${name}-v": must be no more than 253 characters`,
  ]);
});

test('the mirror of a static pod has no claims of resources', () => {
  const resourceClaims = [{ name: 'x', resourceClaimName: 'y' }];
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  expect(errors({ nodeName: 'n', resourceClaims }, {}, { annotations })).toEqual([
    '[]: Forbidden: static pods do not support resource claims',
  ]);
});

test('the huge pages of containers together fit into those of their pod', () => {
  const resources = (pages: string) => ({ limits: { 'hugepages-2Mi': pages, cpu: '1' } });
  const sidecar = { name: 's', image: 'x', restartPolicy: 'Always', resources: resources('4Mi') };
  const found = (pages: string) =>
    errors(
      { initContainers: [sidecar], resources: { ...resources(pages), requests: { cpu: '1' } } },
      { resources: { ...resources('4Mi'), requests: { cpu: '0' } } },
    ).filter((text) => text.includes('aggregate container limits'));
  expect(found('8Mi')).toEqual([]);
  expect(found('6Mi')).toEqual([
    'spec.resources.limits[hugepages-2Mi]: Invalid value: "6Mi": must be greater than or equal to aggregate container limits of 8Mi',
  ]);
});

const BYTES = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';

test.each([
  ['limits.cpu', '1m', ''],
  ['limits.cpu', '0', ''],
  ['requests.cpu', '2', '1m and 1 are supported with the cpu'],
  ['limits.memory', '1Ki', ''],
  ['limits.memory', '2Mi', `${BYTES} are supported with the memory`],
  ['requests.ephemeral-storage', '1m', `${BYTES} are supported with the local ephemeral storage`],
  ['limits.hugepages-2Mi', '3', `${BYTES} are supported with the hugepages`],
])('the amount of %s in units of %s: %s', (resource, divisor, supported) => {
  const env = [{ name: 'a', valueFrom: { resourceFieldRef: { resource, divisor } } }];
  const at = 'spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor';
  const detail = `only divisor's values ${supported} resource`;
  expect(errors({}, { env })).toEqual(supported === '' ? [] : [`${at}: Invalid value: "${resource}": ${detail}`]);
});
