import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { service as aService } from '../../testing/objects.ts';
import { created, createErrors, updateErrors } from '../../testing/strategy.ts';
import type { Service } from '../../types.ts';
import { service } from './service.ts';

test('a service gets the defaults of its type', () => {
  expect(created(service, aService()).spec).toEqual({
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
  });
  expect(created(service, aService({ spec: { type: 'LoadBalancer' } })).spec).toMatchObject({
    externalTrafficPolicy: 'Cluster',
    allocateLoadBalancerNodePorts: true,
  });
  const outside = aService({
    spec: { type: 'ExternalName', externalName: 'a.b', ports: undefined, selector: undefined },
  });
  expect(created(service, outside).spec).toEqual({
    type: 'ExternalName',
    externalName: 'a.b',
    sessionAffinity: 'None',
  });
});

test.each<[Parameters<typeof aService>[0], string[]]>([
  [{ spec: { ports: [] } }, ['spec.ports: Required value']],
  [
    { spec: { ports: [{ port: 80 }, { port: 81 }] } },
    ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
  ],
  [
    { spec: { ports: [{ port: 0 }] } },
    [
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  ],
  [
    { spec: { type: 'Foo' } },
    ['spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
  ],
  [
    { spec: { ports: [{ port: 80, nodePort: 30000 }] } },
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [
    { spec: { type: 'NodePort', clusterIP: 'None' } },
    ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
  ],
  [{ spec: { type: 'ExternalName' } }, ['spec.externalName: Required value']],
  [
    { spec: { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/33', ' 10.0.0.0/8 ', 'fd00::/8'] } },
    [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    {
      metadata: {
        annotations: {
          'service.kubernetes.io/topology-aware-hints': 'auto',
          'service.kubernetes.io/topology-mode': 'Auto',
        },
      },
    },
    [
      'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
    ],
  ],
  [
    {
      metadata: { annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': 'x,10.0.0.0/8' } },
      spec: { type: 'LoadBalancer' },
    },
    [
      'metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    {
      metadata: { annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8,10.0.0.5/24' } },
    },
    [
      "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Forbidden: may only be used when `type` is 'LoadBalancer'",
      'metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "10.0.0.5/24": must not have bits set beyond the prefix length',
    ],
  ],
])('a service with %j is refused', (parts, errors) => {
  expect(createErrors(service, aService(parts))).toEqual(errors);
});

const given = aService({
  spec: { type: 'NodePort', clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [{ port: 80, nodePort: 30080 }] },
});

test('an address stays what it is', () => {
  const other = { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] };
  const change = ({ spec }: Service) => Object.assign(spec ?? {}, other);
  expect(updateErrors(service, given, change)).toEqual([
    'spec.clusterIPs[0]: Invalid value: ["10.96.0.10"]: may not change once set',
  ]);
  const toText = ({ spec }: Service) => Object.assign(spec ?? {}, { clusterIP: 'bad', clusterIPs: ['bad'] });
  expect(updateErrors(service, given, toText)).toEqual([
    'spec.clusterIPs[0]: Invalid value: "bad": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
});

test('fields that a new type has no use for are dropped', () => {
  const old = created(service, given);
  const toClusterIP = structuredClone(old);
  Object.assign(toClusterIP.spec ?? {}, { type: 'ClusterIP' });
  service.strategy.prepareForUpdate?.(toClusterIP, old);
  expect(toClusterIP.spec?.ports).toEqual([{ port: 80, targetPort: 80, protocol: 'TCP' }]);
  expect(toClusterIP.spec).not.toHaveProperty('externalTrafficPolicy');
  const toName = structuredClone(old);
  Object.assign(toName.spec ?? {}, { type: 'ExternalName', externalName: 'a.b' });
  service.strategy.prepareForUpdate?.(toName, old);
  expect(toName.spec).not.toHaveProperty('clusterIPs');
});

test('addresses and ranges that a service has already may stay, in whatever form', () => {
  const kept = aService({
    spec: {
      type: 'LoadBalancer',
      clusterIP: '010.96.0.5',
      clusterIPs: ['010.96.0.5'],
      externalIPs: ['010.0.0.1'],
      loadBalancerSourceRanges: [' 10.0.0.5/24'],
    },
  });
  expect(createErrors(service, kept)).toHaveLength(3);
  const label = (next: Service) => Object.assign(next.metadata, { labels: { a: 'b' } });
  expect(updateErrors(service, kept, label)).toEqual([]);
  expect(
    updateErrors(service, kept, (next) => {
      next.spec?.externalIPs?.push('010.0.0.2');
      next.spec?.loadBalancerSourceRanges?.push('10.0.1.5/24');
    }),
  ).toEqual([
    'spec.externalIPs[1]: Invalid value: "010.0.0.2": must not have leading 0s',
    'spec.LoadBalancerSourceRanges[1]: Invalid value: "10.0.1.5/24": must not have bits set beyond the prefix length',
  ]);
  const annotation = { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.5/24' };
  const annotated = aService({ metadata: { annotations: annotation }, spec: { type: 'LoadBalancer' } });
  expect(createErrors(service, annotated)).toHaveLength(1);
  expect(updateErrors(service, annotated, label)).toEqual([]);
});

test('addresses of two families may not be three, and a class without a balancer is told before what is wrong elsewhere', () => {
  const IPS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
  const shown = `["${IPS.join('","')}"]`;
  expect(createErrors(service, aService({ spec: { clusterIP: IPS[0], clusterIPs: IPS } }))).toEqual([
    `spec.clusterIPs: Invalid value: ${shown}: may only hold up to 2 values`,
    `spec.clusterIPs: Invalid value: ${shown}: may specify no more than one IP for each IP family`,
  ]);
  const changes = service.strategy.validateUpdate?.(aService({ spec: { loadBalancerClass: 'a' } }), aService()) ?? [];
  expect(changes.map(errorText)).toEqual([
    "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ]);
});
