/** `kubectl top` */
import {
  addQuantities,
  milliCeil,
  parseQuantity,
  type Quantity,
  unitCeil,
} from '../../../../kube/machinery/quantity.ts';
import type { Node, Pod } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { bool, string } from '../flags/define.ts';
import { TABLE, tabulate } from '../print/tabwriter.ts';
import { ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR } from '../resources/changes.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';
const MI = 1024n * 1024n;
const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

interface Usage {
  cpu: Quantity;
  memory: Quantity;
}
type Texts = Record<string, string> | undefined;

interface Metrics {
  metadata: { name: string; namespace?: string };
  usage?: Record<string, string>;
  containers?: { name: string; usage?: Record<string, string> }[];
}

const SORT = string(
  'sort-by',
  "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'.",
  { choices: ['cpu', 'memory'] },
);
const NO_HEADERS = bool('no-headers', 'If present, print output without headers');

const node: Command = {
  name: 'node',
  aliases: ['nodes', 'no'],
  short: 'Display resource (CPU/memory) usage of nodes',
  args: '[NAME | -l label]',
  completes: 'names:nodes',
  flags: [SELECTOR, SORT, NO_HEADERS],
  run: async (context) => {
    const { flags, client } = context;
    validate(context, 'only one of NAME or --selector can be provided');
    await available(context);
    const list = await metricsOf(context, `${METRICS}/nodes`);
    if (list.length === 0) throw new CommandError('metrics not available yet');
    const [name] = context.args;
    const nodes = name
      ? [await client.get<Node>(`/api/v1/nodes/${name}`)]
      : (await client.get<{ items: Node[] }>('/api/v1/nodes', { labelSelector: flags.string('selector') || undefined }))
          .items;
    const allocatable = new Map(nodes.map((each) => [each.metadata.name ?? '', each.status?.allocatable]));
    const rows = sorted(
      context,
      list.map((each) => ({
        key: each.metadata.name,
        usage: usageOf(each.usage),
        of: allocatable.get(each.metadata.name),
      })),
    ).map(({ key, usage, of }) => [
      key,
      cpuText(usage),
      share(usage.cpu, of?.cpu),
      memoryText(usage),
      share(usage.memory, of?.memory),
    ]);
    for (const missing of allocatable.keys()) {
      if (!list.some(({ metadata }) => metadata.name === missing)) rows.push([missing, ...Array(4).fill('<unknown>')]);
    }
    print(context, ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], rows);
  },
};

const pod: Command = {
  name: 'pod',
  aliases: ['pods', 'po'],
  short: 'Display resource (CPU/memory) usage of pods',
  args: '[NAME | -l label]',
  completes: 'names:pods',
  flags: [
    SELECTOR,
    FIELD_SELECTOR,
    ALL_NAMESPACES,
    SORT,
    NO_HEADERS,
    bool('containers', 'If present, print usage of containers within a pod.'),
    bool('sum', 'Print the sum of the resource usage'),
  ],
  run: async (context) => {
    const { flags } = context;
    validate(context, 'only one of NAME or selector can be provided');
    await available(context);
    const isAll = flags.bool('all-namespaces');
    const path = isAll ? `${METRICS}/pods` : `${METRICS}/namespaces/${context.namespace}/pods`;
    const list = await metricsOf(context, path);
    if (list.length === 0) return noMetrics(context, isAll);
    const entries = list.map((each) => ({
      key: `${isAll ? each.metadata.namespace : ''}/${each.metadata.name}`,
      usage: totalOf(each),
      of: each,
    }));
    const withContainers = flags.bool('containers');
    const rows = sorted(context, entries).flatMap(({ usage, of }) => {
      const head = isAll ? [of.metadata.namespace ?? ''] : [];
      if (!withContainers) return [[...head, of.metadata.name, cpuText(usage), memoryText(usage)]];
      const containers = (of.containers ?? []).map((each) => ({
        key: each.name,
        usage: usageOf(each.usage),
        of: each,
      }));
      return sorted(context, containers).map((each) => [
        ...head,
        of.metadata.name,
        each.key,
        cpuText(each.usage),
        memoryText(each.usage),
      ]);
    });
    const heads = [
      ...(isAll ? ['NAMESPACE'] : []),
      ...(withContainers ? ['POD'] : []),
      'NAME',
      'CPU(cores)',
      'MEMORY(bytes)',
    ];
    if (flags.bool('sum')) {
      const total = list.map(totalOf).reduce(add, { cpu: ZERO, memory: ZERO });
      const blanks = Array(heads.length - 2).fill('') as string[];
      rows.push([...blanks, '________', '________'], [...blanks, cpuText(total), memoryText(total)]);
    }
    print(context, heads, rows);
  },
};

export const top: Command = {
  name: 'top',
  section: 'Cluster Management Commands',
  short: 'Display resource (CPU/memory) usage',
  commands: [node, pod],
};

function validate({ flags, args }: Context, both: string): void {
  if (!['', 'cpu', 'memory'].includes(flags.string('sort-by')))
    throw new CommandError('--sort-by accepts only cpu or memory');
  if (args.length > 0 && flags.string('selector') !== '') throw new CommandError(both);
}

async function available(context: Context): Promise<void> {
  if ((await context.discovery.all()).some(({ group }) => group === 'metrics.k8s.io')) return;
  throw new CommandError('Metrics API not available');
}

async function metricsOf({ client, flags, args }: Context, path: string): Promise<Metrics[]> {
  if (args[0]) return [await client.get<Metrics>(`${path}/${args[0]}`)];
  const query = {
    labelSelector: flags.string('selector') || undefined,
    fieldSelector: (flags.has('field-selector') && flags.string('field-selector')) || undefined,
  };
  return (await client.get<{ items: Metrics[] }>(path, query)).items;
}

async function noMetrics(context: Context, isAll: boolean): Promise<void> {
  const path = isAll ? '/api/v1/pods' : `/api/v1/namespaces/${context.namespace}/pods`;
  const { items } = await context.client.get<{ items: Pod[] }>(path, {
    labelSelector: context.flags.string('selector') || undefined,
  });
  if (items.length > 0) throw new CommandError('metrics not available yet');
  context.err(isAll ? 'No resources found\n' : `No resources found in ${context.namespace} namespace.\n`);
}

function usageOf(texts: Texts): Usage {
  return { cpu: parseQuantity(texts?.cpu ?? '0') ?? ZERO, memory: parseQuantity(texts?.memory ?? '0') ?? ZERO };
}

function totalOf({ containers = [] }: Metrics): Usage {
  return containers.map(({ usage }) => usageOf(usage)).reduce(add, { cpu: ZERO, memory: ZERO });
}

function add(a: Usage, b: Usage): Usage {
  return { cpu: addQuantities(a.cpu, b.cpu), memory: addQuantities(a.memory, b.memory) };
}

const cpuText = ({ cpu }: Usage): string => `${milliCeil(cpu)}m`;
const memoryText = ({ memory }: Usage): string => `${unitCeil(memory) / MI}Mi`;

function share(amount: Quantity, of: string | undefined): string {
  const whole = parseQuantity(of ?? '0') ?? ZERO;
  return whole.nano === 0n ? '0%' : `${(milliCeil(amount) * 100n) / milliCeil(whole)}%`;
}

function sorted<T extends { key: string; usage: Usage }>({ flags }: Context, entries: T[]): T[] {
  const by = flags.string('sort-by') as keyof Usage | '';
  return entries.sort((a, b) => {
    const difference = by === '' ? 0n : b.usage[by].nano - a.usage[by].nano;
    return difference !== 0n ? (difference > 0n ? 1 : -1) : a.key < b.key ? -1 : 1;
  });
}

/** Each cell ends with a tab, the last one too. */
function print(context: Context, heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = context.flags.bool('no-headers') ? rows : [heads, ...rows];
  context.out(tabulate(all.map((row) => `${row.map((cell) => `${cell}\t`).join('')}\n`).join(''), TABLE));
}
