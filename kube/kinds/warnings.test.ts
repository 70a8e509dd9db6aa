import { expect, test } from 'vitest';
import type { KubeObject } from '../machinery/object.ts';
import { anObject, created } from '../testing/strategy.ts';
import { endpoints } from './core/endpoints.ts';
import { node } from './core/node.ts';
import { pod } from './core/pod.ts';
import { podTemplate } from './core/pod-template.ts';
import { replicationController } from './core/replication-controller.ts';
import { service } from './core/service.ts';
import type { DefinedKind } from './define.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';
import { resourceSlice } from './resource/resource-slice.ts';
import { csiStorageCapacity } from './storage/csi-storage-capacity.ts';

/** The warnings of a create, and of an update that leaves the object as it is. */
function warnings(kind: DefinedKind, object: object): { onCreate: string[]; onUpdate: string[] } {
  const made = created(kind, { metadata: { name: 'a' }, ...object } as unknown as KubeObject);
  const warn = kind.strategy.warnings;
  return { onCreate: warn?.(made) ?? [], onUpdate: warn?.(made, structuredClone(made)) ?? [] };
}

const OLD_OS = 'deprecated since v1.14; use "kubernetes.io/os" instead';
const LONG = '2001:db8:0:0::1';
const SHORT = 'should be in RFC 5952 canonical format ("2001:db8::1")';
const CONTAINERS = [{ name: 'main', image: 'nginx:1' }];

test('a template on its own warns as those of workloads do, when it has changed', () => {
  const template = { spec: { containers: CONTAINERS, nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } };
  expect(warnings(podTemplate, { template })).toEqual({
    onCreate: [`template.spec.nodeSelector[beta.kubernetes.io/os]: ${OLD_OS}`],
    onUpdate: [],
  });
});

test('a storage capacity warns of labels of nodes that have newer names', () => {
  const nodeTopology = {
    matchLabels: { 'beta.kubernetes.io/os': 'linux', zone: 'a' },
    matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }],
  };
  expect(warnings(csiStorageCapacity, { nodeTopology }).onUpdate).toEqual([
    `nodeTopology.matchExpressions[0].key: beta.kubernetes.io/os is ${OLD_OS}`,
    `nodeTopology.matchLabels.beta.kubernetes.io/os: ${OLD_OS}`,
  ]);
});

test('the name of a driver of devices with an upper-case letter brings a warning', () => {
  expect(warnings(resourceSlice, { spec: { driver: 'gpu.Example.com' } }).onUpdate).toEqual([
    'spec.driver: driver names should be lowercase; "gpu.Example.com" contains uppercase characters',
  ]);
  expect(warnings(resourceSlice, { spec: { driver: 'gpu.example.com' } }).onUpdate).toEqual([]);
});

test('an IPv6 address that is not in its canonical form brings a warning, except in what the controllers of endpoints write', () => {
  const subsets = [{ addresses: [{ ip: '10.0.0.1' }, { ip: LONG }], notReadyAddresses: [{ ip: LONG }] }];
  expect(warnings(endpoints, { subsets }).onUpdate).toEqual([
    `subsets[0].addresses[1].ip: IPv6 address "${LONG}" ${SHORT}`,
    `subsets[0].notReadyAddresses[0].ip: IPv6 address "${LONG}" ${SHORT}`,
  ]);
  const labels = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
  expect(warnings(endpoints, { metadata: { name: 'a', labels }, subsets }).onUpdate).toEqual([]);

  const slice = { addressType: 'FQDN', endpoints: [{ addresses: [LONG] }] };
  const address = `endpoints[0].addresses[0]: IPv6 address "${LONG}" ${SHORT}`;
  expect(warnings(endpointSlice, slice)).toEqual({
    onCreate: ['spec.addressType: FQDN endpoints are deprecated', address],
    onUpdate: [address],
  });
  const managed = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  expect(warnings(endpointSlice, { ...slice, metadata: { name: 'a', labels: managed } }).onUpdate).toEqual([]);

  const spec = { containers: CONTAINERS, dnsConfig: { nameservers: [LONG] }, hostAliases: [{ ip: LONG }] };
  expect(warnings(pod, { spec }).onCreate).toEqual([
    `spec.dnsConfig.nameservers[0]: IPv6 address "${LONG}" ${SHORT}`,
    `spec.hostAliases[0].ip: IPv6 address "${LONG}" ${SHORT}`,
  ]);
});

test('the addresses of services, and ranges of addresses, bring the same warnings', () => {
  const ranges = ['2001:DB8::/32', '10.0.0.0/8'];
  const range = 'IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")';
  expect(warnings(node, { spec: { podCIDRs: ranges, podCIDR: ranges[0] } }).onCreate).toEqual([
    `spec.podCIDRs[0]: ${range}`,
  ]);
  const spec = {
    type: 'LoadBalancer',
    ports: [{ port: 80 }],
    clusterIP: LONG,
    clusterIPs: [LONG],
    externalIPs: [LONG],
    loadBalancerIP: '010.0.0.1',
    loadBalancerSourceRanges: ranges,
  };
  expect(warnings(service, { spec }).onUpdate).toEqual([
    `spec.clusterIPs[0]: IPv6 address "${LONG}" ${SHORT}`,
    `spec.externalIPs[0]: IPv6 address "${LONG}" ${SHORT}`,
    'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    'spec.loadBalancerIP: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"',
    `spec.loadBalancerSourceRanges[0]: ${range}`,
  ]);
});

test('an update of a replication controller is warned about the template that goes, as upstream mixes the two up', () => {
  const withPort = (generation: number, hostIP?: string) => {
    const containers = [{ name: 'c', image: 'i', ports: [{ containerPort: 1, ...(hostIP && { hostIP }) }] }];
    return created(replicationController, {
      ...anObject(replicationController, { spec: { template: { spec: { containers } } } }),
      metadata: { name: 'a', generation },
    });
  };
  const warn = replicationController.strategy.warnings;
  const why = expect.stringContaining('spec.template.spec.containers[0].ports[0]: hostIP set without hostPort');
  expect(warn?.(withPort(1, '10.0.0.7'))).toEqual([why]);
  expect(warn?.(withPort(2, '10.0.0.7'), withPort(1))).toEqual([]);
  expect(warn?.(withPort(2), withPort(1, '10.0.0.7'))).toEqual([why]);
  expect(warn?.(withPort(1), withPort(1, '10.0.0.7'))).toEqual([]);
});
