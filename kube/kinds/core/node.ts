import type { Node } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE, UNKNOWN } from '../columns/text.ts';
import { type Column, defineKind } from '../define.ts';
import { cidrWarnings } from '../validation/ip.ts';
import { validateNode, validateNodeStatusUpdate, validateNodeUpdate } from './node-validation.ts';
import { applyQuantityDefaults } from './pod-spec/container-defaults.ts';
import { nodeSteeringProblems } from './simulated-annotations.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function status(node: Node): string {
  const ready = node.status?.conditions?.findLast(({ type }) => type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (node.spec?.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function roles({ metadata }: Node): string {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX)) found.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role') found.add(value);
  }
  found.delete('');
  return [...found].sort().join(',') || NONE;
}

function addressColumn(name: string, type: string): Column {
  const address = (node: Node) => node.status?.addresses?.find((entry) => entry.type === type)?.address ?? NONE;
  return column<Node>(name, `First address of type ${type}.`, address, { wide: true });
}

function kernel({ status }: Node): string {
  const version = status?.nodeInfo?.kernelVersion || UNKNOWN;
  const architecture = status?.nodeInfo?.architecture;
  return architecture ? `${version} (${architecture})` : version;
}

/** Two fields for one thing: the older one is the first of the newer, and wins over it. */
function joinPodCIDRs(spec: NonNullable<Node['spec']>): void {
  if (spec.podCIDR) {
    if (spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  } else if (spec.podCIDRs?.[0]) [spec.podCIDR] = spec.podCIDRs;
}

export const node = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  scope: 'Cluster',
  support: 'acted-on',
  keepStatusOnCreate: true,
  columns: [
    nameColumn,
    column('Status', 'Whether the node is ready, and takes pods.', status),
    column('Roles', 'Roles of the node, by its labels.', roles),
    ageColumn,
    column<Node>('Version', 'Version of the kubelet.', (node) => node.status?.nodeInfo?.kubeletVersion ?? ''),
    addressColumn('Internal-IP', 'InternalIP'),
    addressColumn('External-IP', 'ExternalIP'),
    column<Node>('OS-Image', 'Operating system.', (node) => node.status?.nodeInfo?.osImage || UNKNOWN, { wide: true }),
    column('Kernel-Version', 'Version of the kernel, and architecture.', kernel, { wide: true }),
    column<Node>(
      'Container-Runtime',
      'Container runtime and its version.',
      (node) => node.status?.nodeInfo?.containerRuntimeVersion || UNKNOWN,
      { wide: true },
    ),
  ],
  subresources: {
    status: true,
    others: { proxy: { kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] } },
  },
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
  strategy: {
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
    validateStatusUpdate: validateNodeStatusUpdate,
    // Upstream takes the configuration of kubelets no more.
    prepareForCreate(node) {
      delete node.spec?.configSource;
      delete node.status?.config;
    },
    prepareForUpdate(node, old) {
      if (!old.spec?.configSource) delete node.spec?.configSource;
    },
    prepareForStatusUpdate(node, old) {
      if (!old.status?.config) delete node.status?.config;
    },
    warnings: ({ metadata, spec }, old) => [
      ...nodeSteeringProblems(metadata.annotations, old?.metadata.annotations).map(
        ([key, why]) => `metadata.annotations[${key}]: ${why}`,
      ),
      ...(spec?.configSource ? ['spec.configSource: the feature is removed'] : []),
      ...(spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
      ...(spec?.podCIDRs ?? []).flatMap((range, index) => cidrWarnings(range, `spec.podCIDRs[${index}]`)),
    ],
    applyDefaults(node) {
      node.spec ??= {};
      joinPodCIDRs(node.spec);
      applyQuantityDefaults(node.status?.capacity);
      applyQuantityDefaults(node.status?.allocatable);
      if (node.status?.capacity) node.status.allocatable ??= { ...node.status.capacity };
    },
  },
});
