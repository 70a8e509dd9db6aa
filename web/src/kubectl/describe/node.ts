import {
  addQuantities,
  formatQuantity,
  milliCeil,
  parseQuantity,
  type Quantity,
  unitCeil,
} from '../../../../kube/machinery/quantity.ts';
import type { Container, Lease, Node, Pod, Taint } from '../../../../kube/types.ts';
import type { Context } from '../context.ts';
import { StatusError } from '../errors.ts';
import { longTime, since } from '../print/durations.ts';
import type { Describer } from './describer.ts';
import { annotationLines, columns, labelLines, multiline, sortedEntries } from './parts.ts';
import type { Sheet } from './sheet.ts';

const ROLE = 'node-role.kubernetes.io/';

export const node: Describer<Node> = {
  eventsOfName: true,
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Roles:\t${rolesOf(object).join(',') || '<none>'}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
    const taints = [...(spec?.taints ?? [])].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    multiline(sheet, 'Taints', taints.map(taintText));
    sheet.line(0, `Unschedulable:\t${spec?.unschedulable === true}`);
    await lease(sheet, context, metadata.name ?? '');
    conditions(sheet, object);
    sheet.line(0, 'Addresses:');
    for (const { type, address } of status?.addresses ?? []) sheet.line(1, `${type}:\t${address}`);
    for (const [title, list] of [
      ['Capacity', status?.capacity],
      ['Allocatable', status?.allocatable],
    ] as const) {
      const entries = sortedEntries(list);
      if (entries.length > 0) sheet.line(0, `${title}:`);
      for (const [name, amount] of entries) sheet.line(1, `${name}:\t${amount}`);
    }
    system(sheet, object);
    await resources(sheet, context, object);
  },
};

function rolesOf({ metadata }: Node): string[] {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE) && key.length > ROLE.length) return [key.slice(ROLE.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return [...new Set(roles)].sort();
}

const orderOf = ({ effect, key }: Taint): string => `${effect},${key}`;

export function taintText({ key, value, effect }: Taint): string {
  if (!effect) return value ? `${key}=${value}:` : key;
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`;
}

async function lease(sheet: Sheet, context: Context, name: string): Promise<void> {
  try {
    const { spec } = await context.client.get<Lease>(
      `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`,
    );
    sheet.line(0, 'Lease:');
    sheet.line(1, `HolderIdentity:\t${spec?.holderIdentity ?? '<unset>'}`);
    sheet.line(1, `AcquireTime:\t${spec?.acquireTime ? longTime(spec.acquireTime) : '<unset>'}`);
    sheet.line(1, `RenewTime:\t${spec?.renewTime ? longTime(spec.renewTime) : '<unset>'}`);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    sheet.line(0, `Lease:\tFailed to get lease: ${error.message}`);
  }
}

function conditions(sheet: Sheet, { status }: Node): void {
  const all = status?.conditions ?? [];
  if (all.length === 0) return;
  sheet.line(0, 'Conditions:');
  const heads = ['Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message'];
  const dashes = ['----', '------', '-----------------', '------------------', '------', '-------'];
  const rows = all.map((condition) => [
    `${condition.type} `,
    `${condition.status} `,
    `${longTime(condition.lastHeartbeatTime)} `,
    `${longTime(condition.lastTransitionTime)} `,
    `${condition.reason ?? ''} `,
    condition.message ?? '',
  ]);
  columns(sheet, 1, heads, dashes, rows);
}

function system(sheet: Sheet, { spec, status }: Node): void {
  const info = status?.nodeInfo;
  const fields = {
    'Machine ID': info?.machineID,
    'System UUID': info?.systemUUID,
    'Boot ID': info?.bootID,
    'Kernel Version': info?.kernelVersion,
    'OS Image': info?.osImage,
    'Operating System': info?.operatingSystem,
    Architecture: info?.architecture,
    'Container Runtime Version': info?.containerRuntimeVersion,
    'Kubelet Version': info?.kubeletVersion,
  };
  sheet.line(0, 'System Info:');
  for (const [title, value] of Object.entries(fields)) sheet.line(1, `${title}:\t${value ?? ''}`);
  if (spec?.podCIDR) sheet.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if (spec?.podCIDRs?.length) sheet.line(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`);
  if (spec?.providerID) sheet.line(0, `ProviderID:\t${spec.providerID}`);
}

const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };
type Amounts = Map<string, Quantity>;
type Kind = 'requests' | 'limits';

async function resources(sheet: Sheet, context: Context, object: Node): Promise<void> {
  const fieldSelector = `spec.nodeName=${object.metadata.name},status.phase!=Succeeded,status.phase!=Failed`;
  let pods: Pod[];
  try {
    pods = (await context.client.get<{ items: Pod[] }>('/api/v1/pods', { fieldSelector })).items;
  } catch (error) {
    if (!(error instanceof StatusError && error.is('Forbidden'))) throw error;
    sheet.line(0, 'Pods:\tnot authorized');
    return;
  }
  const allocatable = object.status?.allocatable ?? object.status?.capacity ?? {};
  const share = (name: string, amount: Quantity): string =>
    `${formatQuantity(amount)} (${percent(name, amount, allocatable[name])}%)`;
  sheet.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  const heads = ['Namespace', 'Name', '', 'CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age'];
  const rows = pods.map((pod) => {
    const amount = (name: string, kind: Kind): string => share(name, podAmounts(pod, kind).get(name) ?? ZERO);
    const { namespace = '', name = '', creationTimestamp } = pod.metadata;
    return [
      namespace,
      name,
      '',
      amount('cpu', 'requests'),
      amount('cpu', 'limits'),
      amount('memory', 'requests'),
      amount('memory', 'limits'),
      since(creationTimestamp, context.now),
    ];
  });
  columns(
    sheet,
    1,
    heads,
    heads.map((head) => '-'.repeat(head.length)),
    rows,
  );
  totals(sheet, pods, allocatable, share);
}

function totals(
  sheet: Sheet,
  pods: readonly Pod[],
  allocatable: Record<string, string>,
  share: (name: string, amount: Quantity) => string,
): void {
  const total = (kind: Kind): Amounts => {
    const sum: Amounts = new Map();
    for (const pod of pods) add(sum, podAmounts(pod, kind));
    return sum;
  };
  const [requests, limits] = [total('requests'), total('limits')];
  sheet.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  const others = Object.keys(allocatable).sort();
  const huge = others.filter((name) => name.startsWith('hugepages-'));
  const extended = others.filter(
    (name) => !name.startsWith('hugepages-') && !['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(name),
  );
  const rows = ['cpu', 'memory', 'ephemeral-storage', ...huge].map((name) => [
    name,
    share(name, requests.get(name) ?? ZERO),
    share(name, limits.get(name) ?? ZERO),
  ]);
  for (const name of extended)
    rows.push([name, formatQuantity(requests.get(name) ?? ZERO), formatQuantity(limits.get(name) ?? ZERO)]);
  columns(sheet, 1, ['Resource', 'Requests', 'Limits'], ['--------', '--------', '------'], rows);
}

function percent(name: string, amount: Quantity, of: string | undefined): bigint {
  const whole = parseQuantity(of ?? '0') ?? ZERO;
  const value = name === 'cpu' ? milliCeil : unitCeil;
  return whole.nano === 0n ? 0n : (value(amount) * 100n) / value(whole);
}

function add(sum: Amounts, more: Amounts): void {
  for (const [name, amount] of more)
    sum.set(name, addQuantities(sum.get(name) ?? { ...ZERO, format: amount.format }, amount));
}

/** Of a whole pod: the sum of its containers, or what an init container needs more; and its overhead. */
export function podAmounts({ spec }: Pod, kind: Kind): Amounts {
  const of = (container: Container): Amounts => amountsOf(container.resources?.[kind]);
  const sum: Amounts = new Map();
  for (const container of spec?.containers ?? []) add(sum, of(container));
  const sidecars: Amounts = new Map();
  const most: Amounts = new Map();
  for (const container of spec?.initContainers ?? []) {
    const own = of(container);
    if (container.restartPolicy === 'Always') {
      add(sum, own);
      add(sidecars, own);
      raise(most, sidecars);
    } else {
      const needed = new Map(sidecars);
      add(needed, own);
      raise(most, needed);
    }
  }
  raise(sum, most);
  for (const [name, amount] of amountsOf(spec?.resources?.[kind])) sum.set(name, amount);
  for (const [name, amount] of amountsOf(spec?.overhead)) {
    if (kind === 'requests' || sum.has(name)) add(sum, new Map([[name, amount]]));
  }
  return sum;
}

function raise(sum: Amounts, floor: Amounts): void {
  for (const [name, amount] of floor) if (amount.nano > (sum.get(name)?.nano ?? 0n)) sum.set(name, amount);
}

function amountsOf(list: Readonly<Record<string, string>> | undefined): Amounts {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text) ?? ZERO]));
}
