/** `islet clusters create|list|delete`; moves are in `cluster-moves.ts`, copies and the past in `cluster-life.ts`. */
import { Command, InvalidArgumentError } from 'commander';
import { COMPONENTS, type Component } from '../../wire/rpc.ts';
import { Account } from '../local/client.ts';
import {
  contextNames,
  currentContext,
  editKubeconfig,
  kubeconfigPaths,
  removeFromKubeconfig,
  serverIn,
} from '../local/kubeconfig.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { readService } from '../local/service-file.ts';
import { withContext } from '../local/with-context.ts';
import { addLifeCommands } from './cluster-life.ts';
import { addMoveCommands } from './cluster-moves.ts';
import { kubeconfigOption, stateOption, wholeNumber } from './options.ts';

interface Options {
  state: string;
  kubeconfig?: string;
  nodes: number;
  without: Component[];
}

export function clustersCommand(): Command {
  const command = new Command('clusters').description(
    'create, list, copy and delete clusters, and look after their past',
  );
  command
    .command('create <name>')
    .description('create a cluster, and a kubeconfig context `islet-<name>` that becomes the current one')
    .option('--nodes <n>', 'simulated nodes', wholeNumber(0, 1000), 3)
    .option('--without <parts>', 'parts that another control plane brings: controllers, scheduler', components, [])
    .addOption(stateOption())
    .addOption(kubeconfigOption('the one that `islet up` wrote to'))
    .action(create);
  command
    .command('list')
    .alias('ls')
    .description('list clusters')
    .addOption(outputOption())
    .addOption(stateOption())
    .action(list);
  command
    .command('delete <name>')
    .alias('rm')
    .description('delete a cluster with everything in it, and its kubeconfig context; it can be had back for some days')
    .option('--now', 'destroy it at once: nothing can be had back')
    .addOption(stateOption())
    .addOption(kubeconfigOption('the one that `islet up` wrote to'))
    .action(remove);
  addMoveCommands(command);
  addLifeCommands(command);
  return command;
}

async function create(name: string, { state, kubeconfig, nodes, without }: Options): Promise<void> {
  const service = readService(state);
  const context = await withContext(service, kubeconfig, () => Account.of(service).create(name, nodes, without));
  console.log(`cluster ${name} created: ${context}`);
}

async function list({ state, output }: { state: string; output: OutputFormat }): Promise<void> {
  const service = readService(state);
  const clusters = await Account.of(service).list();
  const items = clusters.map((cluster) => ({ ...cluster, server: `${service.server}/clusters/${cluster.id}` }));
  const partial = clusters.some(({ without = [] }) => without.length > 0);
  const text = listingText(output, {
    items,
    nameOf: ({ name }) => name,
    head: ['NAME', 'SERVER', 'CREATED', ...(partial ? ['WITHOUT'] : [])],
    row: ({ name, server, created, without = [] }) => [name, server, created, ...(partial ? [without.join()] : [])],
    empty: 'no clusters: create one with `islet clusters create NAME`',
  });
  if (text !== '') console.log(text);
}

async function remove(name: string, { state, kubeconfig, now }: Options & { now?: boolean }): Promise<void> {
  const service = readService(state);
  const { id, until } = await Account.of(service).delete(name, now);
  console.log(`cluster ${name} deleted`);
  if (until) console.log(`until ${until} \`islet clusters undelete ${name}\` brings it back`);
  let wasCurrent = false;
  let other: string | undefined;
  for (const path of kubeconfigPaths(kubeconfig, process.env, service.kubeconfig)) {
    // A context of the same name may be another service's.
    if (serverIn(path, `islet-${name}`) !== `${service.server}/clusters/${id}`) continue;
    await editKubeconfig(path, (text) => {
      wasCurrent ||= currentContext(text) === `islet-${name}`;
      const left = removeFromKubeconfig(text, `islet-${name}`);
      other ??= contextNames(left).find((each) => each.startsWith('islet-'));
      return left;
    });
  }
  if (wasCurrent) {
    console.log(`its context was the current one: \`kubectl config use-context ${other ?? 'NAME'}\` chooses another`);
  }
}

/** `controllers,scheduler` */
function components(text: string): Component[] {
  const given = text.split(',');
  const chosen = COMPONENTS.filter((component) => given.includes(component));
  if (chosen.length !== given.length) {
    throw new InvalidArgumentError(`expected some of ${COMPONENTS.join(', ')}, separated by commas.`);
  }
  return chosen;
}
