import { expect, test } from 'vitest';
import { pod as aPod } from '../../testing/objects.ts';
import { created, createErrors } from '../../testing/strategy.ts';
import type { Container, Pod, Volume } from '../../types.ts';
import { pod } from './pod.ts';

const withContainer = (container: Partial<Container>, volumes?: Volume[]): Pod =>
  aPod({ spec: { containers: [{ name: 'main', image: 'nginx:1.14.2', ...container }], volumes } });

test('a new pod has everything filled in that upstream fills in', () => {
  const object = aPod({
    spec: {
      serviceAccountName: 'robot',
      containers: [
        {
          name: 'main',
          image: 'nginx',
          ports: [{ containerPort: 80 }],
          resources: { limits: { cpu: '1500m' }, requests: { memory: '1Gi' } },
          livenessProbe: { httpGet: { port: 80 } },
          env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        },
      ],
      volumes: [{ name: 'scratch' }, { name: 'keys', secret: { secretName: 'keys' } }],
    },
  });
  expect(created(pod, object)).toEqual({
    ...object,
    spec: {
      containers: [
        {
          name: 'main',
          image: 'nginx',
          imagePullPolicy: 'Always',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          resources: { limits: { cpu: '1500m' }, requests: { cpu: '1500m', memory: '1Gi' } },
          livenessProbe: {
            httpGet: { path: '/', port: 80, scheme: 'HTTP' },
            failureThreshold: 3,
            periodSeconds: 10,
            successThreshold: 1,
            timeoutSeconds: 1,
          },
          env: [{ name: 'NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }],
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'keys', secret: { secretName: 'keys', defaultMode: 420 } },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'robot',
      serviceAccountName: 'robot',
      terminationGracePeriodSeconds: 30,
    },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  });
});

test('defaults do not change what has them', () => {
  const once = created(pod, aPod({ spec: { hostNetwork: true } }));
  const twice = structuredClone(once);
  pod.strategy.applyDefaults?.(twice);
  expect(twice).toEqual(once);
});

test('a negative grace period is one second', () => {
  const { spec } = created(pod, aPod({ spec: { terminationGracePeriodSeconds: -1 } }));
  expect(spec?.terminationGracePeriodSeconds).toBe(1);
});

test.each([
  ['nginx', 'Always'],
  ['nginx:latest', 'Always'],
  ['nginx:1.14', 'IfNotPresent'],
  ['registry:5000/nginx', 'Always'],
  ['ko://example.com/cmd', 'IfNotPresent'],
  ['docker.io/Library/nginx', 'IfNotPresent'],
  ['UPPER/nginx', 'Always'],
  ['a'.repeat(64), 'IfNotPresent'],
  ['registry:5000/nginx:1', 'IfNotPresent'],
  [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
])('%s is pulled %s', (image, policy) => {
  expect(created(pod, withContainer({ image })).spec?.containers[0]?.imagePullPolicy).toBe(policy);
});

test.each([
  [{}, 'BestEffort'],
  [{ requests: { cpu: '0' } }, 'BestEffort'],
  [{ requests: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: '1' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
])('resources %j make a pod %s', (resources, qosClass) => {
  expect(created(pod, withContainer({ resources })).status?.qosClass).toBe(qosClass);
});

test('a quality-of-service class that the client gives stays', () => {
  expect(created(pod, aPod({ status: { qosClass: 'BestEffort', phase: 'Running' } })).status).toEqual({
    phase: 'Pending',
    qosClass: 'BestEffort',
  });
  expect(created(pod, aPod({ status: { qosClass: '' } })).status?.qosClass).not.toBe('');
});

test.each<[Partial<Container>, string]>([
  [{ name: 'A' }, 'spec.containers[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of'],
  [{ image: '' }, 'spec.containers[0].image: Required value'],
  [
    { imagePullPolicy: 'X' },
    'imagePullPolicy: Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [{ ports: [{ containerPort: 70000 }] }, 'ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535'],
  [
    {
      ports: [
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    },
    'ports[1].name: Duplicate value: "a"',
  ],
  [
    { env: [{ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    'may not be specified when `value` is not empty',
  ],
  [
    { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] },
    'error converting fieldPath: field label not supported: spec.foo',
  ],
  [{ volumeMounts: [{ name: 'gone', mountPath: '/x' }] }, 'spec.containers[0].volumeMounts[0].name: Not found: "gone"'],
  [
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] },
    'spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified',
  ],
  [
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'X' } }] },
    'restartPolicyRules[0].exitCodes.operator: Unsupported value: "X": supported values: "In", "NotIn"',
  ],
  [
    { resizePolicy: [{ resourceName: 'x', restartPolicy: 'NotRequired' }] },
    'spec.containers[0].resizePolicy: Unsupported value: "x": supported values: "cpu", "memory"',
  ],
  [
    {
      resizePolicy: [
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
        { resourceName: 'cpu', restartPolicy: 'RestartContainer' },
      ],
    },
    'spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"',
  ],
  [
    { securityContext: { procMount: 'Unmasked' } },
    'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
  ],
  [
    { resources: { limits: { cpu: '1', 'hugepages-2Mi': '3Mi' } } },
    'resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
  ],
  [
    { securityContext: { procMount: 'X' } },
    'spec.containers[0].securityContext.procMount: Unsupported value: "X": supported values: "Default", "Unmasked"',
  ],
  [
    { lifecycle: { preStop: { sleep: { seconds: 31 } } } },
    'preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
  ],
  [
    { resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } },
    'resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ],
  [
    { resources: { limits: { 'example.com/gpu': '1500m' } } },
    'limits[example.com/gpu]: Invalid value: "1500m": must be an integer',
  ],
  [
    { resources: { requests: { foo: '1' } } },
    'requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
  ],
  [
    { livenessProbe: { successThreshold: 2, tcpSocket: { port: 80 } } },
    'livenessProbe.successThreshold: Invalid value: 2: must be 1',
  ],
  [{ readinessProbe: {} }, 'spec.containers[0].readinessProbe: Required value: must specify a handler type'],
])('a container with %j is refused', (container, error) => {
  expect(createErrors(pod, withContainer(container))).toContainEqual(expect.stringContaining(error));
});

test.each<[Parameters<typeof aPod>[0], string[]]>([
  [{ spec: undefined }, ['spec.containers: Required value']],
  [
    { spec: { hostUsers: false, hostPID: true, hostIPC: true } },
    ['spec.HostPID: Forbidden: when `hostUsers` is false', 'spec.HostIPC: Forbidden: when `hostUsers` is false'],
  ],
  [
    { spec: { volumes: [{ name: 'v', image: { reference: 'a', pullPolicy: 'X' } }] } },
    ['spec.volumes[0].image.pullPolicy: Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"'],
  ],
  [
    { spec: { hostAliases: [{ ip: 'x' }], tolerations: [{ operator: 'Exists', value: 'x' }] } },
    [
      'spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
      'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ],
  [
    { spec: { securityContext: { sysctls: [{ name: 'x y', value: '1' }] } } },
    [
      'spec.securityContext.sysctls[0].name: Invalid value: "x y": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
    ],
  ],
  [
    { spec: { restartPolicy: 'X' } },
    ['spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"'],
  ],
  [
    { spec: { dnsPolicy: 'None' } },
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
  [
    { spec: { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] } },
    ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    { spec: { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] } },
    ['spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\''],
  ],
  [
    { spec: { initContainers: [{ name: 'main', image: 'x' }] } },
    ['spec.initContainers[0].name: Duplicate value: "main"'],
  ],
  [
    { spec: { nodeName: 'n', schedulingGates: [{ name: 'a.b/c' }] } },
    ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  ],
  [
    { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': 'abc' } } },
    ['metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "abc": must be a 32bit integer'],
  ],
  [
    {
      spec: {
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['a'] },
        ],
      },
    },
    [
      'spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
    ],
  ],
  [
    { spec: { volumes: [{ name: 'v', csi: { driver: 'Bad Value!' } }] } },
    [expect.stringMatching(/^spec.volumes\[0\].csi.driver: Invalid value: "Bad Value!": a lowercase RFC 1123/)],
  ],
  [
    { spec: { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } }] } },
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
    ],
  ],
  [
    { spec: { tolerations: [{ key: 'a', operator: 'Gt', value: '1' }] } },
    ['spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"'],
  ],
])('a pod with %j is refused', (parts, errors) => {
  expect(createErrors(pod, aPod(parts))).toEqual(errors);
});

test.each<[Parameters<typeof aPod>[0], number | undefined, number]>([
  [{}, undefined, 0],
  [{ spec: { nodeName: 'n' } }, undefined, 30],
  [{ spec: { nodeName: 'n' } }, 5, 5],
  [{ spec: { nodeName: 'n' }, status: { phase: 'Failed' } }, 5, 0],
  [{ spec: { nodeName: 'n', terminationGracePeriodSeconds: -1 } }, undefined, 1],
])('a delete of %j that asks for %s seconds of grace gets %d', (parts, requested, seconds) => {
  const object = { ...created(pod, aPod(parts)), status: parts?.status } as Pod;
  expect(pod.strategy.checkGracefulDelete?.(object, requested)).toBe(seconds);
});

test('likely mistakes are warned about', () => {
  const object = withContainer({
    env: [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ],
  });
  expect(pod.strategy.warnings?.(created(pod, object))).toEqual([
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
  ]);
});
