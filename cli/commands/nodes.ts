/** `islet nodes list|add|remove|set`: the simulated nodes of a running cluster. Each is a Node object (docs/simulated.md). */
import { Command } from 'commander';
import type { Node, Pod } from '../../kube/types.ts';
import { isSimulated, SIMULATED } from '../../wire/nodes.ts';
import { call, type Endpoint } from '../local/client.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import {
  changed,
  changeOf,
  consequence,
  freeNames,
  isEmpty,
  labelsText,
  type NodeOptions,
  namesText,
  newNode,
  steeringText,
  taintsText,
} from '../local/simulated-fleet.ts';
import { fail } from '../local/user-error.ts';
import { clusterOption, openCluster, stateOption, wholeNumber } from './options.ts';

interface Options extends NodeOptions {
  state: string;
  cluster?: string;
  all?: boolean;
  output: OutputFormat;
}

const NODES = '/api/v1/nodes';
/** Requests under way at once. */
const AT_ONCE = 16;
/** Told of that many nodes that are made or removed. */
const STEP = 100;
const READY_SECONDS = 60;
const RESOURCES = 'like cpu=4,memory=8Gi,example.com/gpu=2; none for the usual';

export function nodesCommand(): Command {
  const command = new Command('nodes').description('list, add, remove and steer the simulated nodes of a cluster');
  common(
    command
      .command('list')
      .alias('ls')
      .description('list simulated nodes with their taints and labels, and how they are steered'),
  )
    .addOption(outputOption())
    .action(list);
  shape(common(command.command('add').argument('[count]', 'how many', wholeNumber(1, 1000), 1)))
    .description('add simulated nodes to a running cluster')
    .action(add);
  common(command.command('remove').alias('rm').argument('[name...]', 'sim-1 …'))
    .description('take simulated nodes out of a cluster, as `kubectl delete node` does')
    .option('--all', 'all simulated nodes')
    .action(remove);
  const set = shape(common(command.command('set').argument('[name...]', 'sim-1 …')))
    .description('change simulated nodes: put them under pressure, make them silent, give them other resources')
    .option('--all', 'all simulated nodes');
  for (const [name, what] of [
    ['memory-pressure', 'under memory pressure'],
    ['disk-pressure', 'under disk pressure'],
    ['pid-pressure', 'short of process ids'],
    ['unreachable', 'silent, as a machine that was cut off'],
  ]) {
    set.option(`--${name}`, what).option(`--no-${name}`, 'no longer');
  }
  set.option('--ready', 'ready again').option('--no-ready', 'not ready, as their kubelets say');
  set.action(change);
  return command;
}

function common(command: Command): Command {
  return command.addOption(clusterOption()).addOption(stateOption());
}

/** The properties that nodes can be made with, and changed to. */
function shape(command: Command): Command {
  const several = (text: string, before: string[]) => [...before, text];
  return command
    .option('--zone <name>', 'the zone that they are in')
    .option('--region <name>', 'the region that they are in')
    .option('--label <key=value>', 'a label; can be given more than once', several, [])
    .option('--taint <key=value:effect>', 'a taint; can be given more than once', several, [])
    .option('--capacity <amounts>', `resources, ${RESOURCES}`)
    .option('--allocatable <amounts>', `what of them pods get, ${RESOURCES}`)
    .option('--images <images>', 'images that they have, like nginx:1.27=70Mi,redis:8; none for none');
}

async function list({ state, cluster, output }: Options): Promise<void> {
  const { endpoint } = await openCluster(state, cluster);
  const text = listingText(output, {
    items: await simulatedNodes(endpoint),
    nameOf: nameOf,
    head: ['NAME', 'STATUS', 'ZONE', 'CPU', 'MEMORY', 'TAINTS', 'LABELS', 'STEERED'],
    row: (node) => [
      nameOf(node),
      isReady(node) ? 'Ready' : 'NotReady',
      node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '-',
      node.status?.capacity?.cpu ?? '-',
      node.status?.capacity?.memory ?? '-',
      taintsText(node) || '-',
      labelsText(node) || '-',
      steeringText(node) || '-',
    ],
    empty: 'no simulated nodes: add some with `islet nodes add 3`',
  });
  if (text !== '') console.log(text);
}

async function add(count: number, options: Options): Promise<void> {
  const what = changeOf(options);
  const { endpoint, cluster } = await openCluster(options.state, options.cluster);
  const nodes = await all(endpoint);
  const names = freeNames(nodes, count);
  await eachOf(names, 'made', (name) => call(endpoint, 'POST', NODES, newNode(name, what, nodes)));
  console.log(`${namesText(names)} added to cluster ${cluster.name}`);
  await untilReady(endpoint, names);
  const zones = options.zone ? ' -L topology.kubernetes.io/zone' : '';
  console.log(
    `${names.length === 1 ? 'it is' : 'they are'} ready for pods: \`kubectl get nodes${zones}\`; \`islet nodes set --help\` shows what ${names.length === 1 ? 'it' : 'they'} can do`,
  );
}

async function remove(given: string[], options: Options): Promise<void> {
  const { endpoint, cluster } = await openCluster(options.state, options.cluster);
  const names = (await chosen(endpoint, given, options)).map(nameOf);
  const { items } = await call<{ items: Pod[] }>(endpoint, 'GET', '/api/v1/pods');
  const pods = items.filter(({ spec }) => names.includes(spec?.nodeName ?? '')).length;
  await eachOf(names, 'removed', (name) => call(endpoint, 'DELETE', `${NODES}/${name}`));
  console.log(`${namesText(names)} removed from cluster ${cluster.name}`);
  if (pods > 0) {
    console.log(
      `${pods} pod${pods === 1 ? ' was' : 's were'} there: gone in 40 seconds, and replaced where a controller does; \`kubectl get pods -A -o wide -w\` shows it`,
    );
  }
}

async function change(given: string[], options: Options): Promise<void> {
  const what = changeOf(options);
  if (isEmpty(what)) fail('say what shall change: `islet nodes set --help` shows what can');
  const { endpoint } = await openCluster(options.state, options.cluster);
  const names = (await chosen(endpoint, given, options)).map(nameOf);
  await eachOf(names, 'changed', async (name) => {
    const node = await call<Node>(endpoint, 'GET', `${NODES}/${name}`);
    await call(endpoint, 'PUT', `${NODES}/${name}`, changed(node, what), {
      conflict: 'run the command once more',
    });
  });
  for (const line of consequence(what, names, await all(endpoint))) console.log(line);
}

async function all(endpoint: Endpoint): Promise<Node[]> {
  return (await call<{ items: Node[] }>(endpoint, 'GET', NODES)).items;
}

async function simulatedNodes(endpoint: Endpoint): Promise<Node[]> {
  const selector = encodeURIComponent(`${SIMULATED}=true`);
  const { items } = await call<{ items: Node[] }>(endpoint, 'GET', `${NODES}?labelSelector=${selector}`);
  // sim-2 comes before sim-10.
  return items.sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
}

/** The nodes that are meant. A machine's Node comes back while its agent runs, and nothing steers it. */
async function chosen(endpoint: Endpoint, given: string[], { all: every }: Options): Promise<Node[]> {
  if ((every ?? false) === given.length > 0) fail('name the nodes, like sim-1, or say --all');
  const nodes = await all(endpoint);
  if (every) {
    const simulated = nodes.filter(isSimulated);
    return simulated.length > 0 ? simulated : fail('there are no simulated nodes: `islet nodes add` makes some');
  }
  return [...new Set(given)].map((name) => {
    const node = nodes.find((each) => nameOf(each) === name);
    if (!node) return fail(`there is no node ${name}: \`islet nodes list\` shows those there are`);
    if (!isSimulated(node)) fail(`${name} is a machine, not a simulated node: \`kubectl\` changes and deletes it`);
    return node;
  });
}

/** Several at once; of many it is told how far it is. */
async function eachOf(names: readonly string[], done: string, act: (name: string) => Promise<unknown>): Promise<void> {
  const waiting = [...names];
  let count = 0;
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await act(name);
      if (++count % STEP === 0 && count < names.length) console.log(`${count} of ${names.length} ${done} …`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, work));
}

async function untilReady(endpoint: Endpoint, names: readonly string[]): Promise<void> {
  const end = Date.now() + READY_SECONDS * 1000;
  for (;;) {
    const ready = new Set((await simulatedNodes(endpoint)).filter(isUsable).map(nameOf));
    const missing = names.filter((name) => !ready.has(name));
    if (missing.length === 0) return;
    if (Date.now() > end) {
      fail(`${namesText(missing)}: not ready yet; \`kubectl describe node ${missing[0]}\` says more`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const nameOf = ({ metadata }: Node): string => metadata.name ?? '';
const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
const isUsable = (node: Node): boolean => isReady(node) && node.spec?.podCIDR !== undefined;
