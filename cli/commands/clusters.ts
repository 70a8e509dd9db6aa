/** `islet clusters create|list|delete`; moves are in `cluster-moves.ts`. */
import { Command, InvalidArgumentError } from 'commander';
import { COMPONENTS, type Component } from '../../wire/rpc.ts';
import { Account } from '../local/client.ts';
import {
  checkKubeconfig,
  contextNames,
  currentContext,
  editKubeconfig,
  kubeconfigPath,
  kubeconfigPaths,
  mergeKubeconfig,
  removeFromKubeconfig,
  serverIn,
} from '../local/kubeconfig.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { readService } from '../local/service-file.ts';
import { addMoveCommands } from './cluster-moves.ts';
import { kubeconfigOption, stateOption, wholeNumber } from './options.ts';

interface Options {
  state: string;
  kubeconfig?: string;
  nodes: number;
  without: Component[];
}

export function clustersCommand(): Command {
  const command = new Command('clusters').description('create, list and delete clusters');
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
    .description('delete a cluster with everything in it, and its kubeconfig context')
    .addOption(stateOption())
    .addOption(kubeconfigOption('the one that `islet up` wrote to'))
    .action(remove);
  addMoveCommands(command);
  return command;
}

async function create(name: string, { state, kubeconfig, nodes, without }: Options): Promise<void> {
  const service = readService(state);
  const path = kubeconfigPath(kubeconfig, process.env, service.kubeconfig);
  // A cluster is made only where it can be told of.
  await checkKubeconfig(path);
  const { id, token } = await Account.of(service).create(name, nodes, without);
  const entry = { name: `islet-${name}`, server: `${service.server}/clusters/${id}`, token, ca: service.ca };
  await editKubeconfig(path, (text) => mergeKubeconfig(text, entry));
  console.log(`cluster ${name} created: context islet-${name} in ${path}, the current one now`);
}

async function list({ state, output }: { state: string; output: OutputFormat }): Promise<void> {
  const service = readService(state);
  const clusters = await Account.of(service).list();
  const items = clusters.map((cluster) => ({ ...cluster, server: `${service.server}/clusters/${cluster.id}` }));
  const text = listingText(output, {
    items,
    nameOf: ({ name }) => name,
    head: ['NAME', 'SERVER', 'CREATED', 'WITHOUT'],
    row: ({ name, server, created, without = [] }) => [name, server, created, without.join()],
    empty: 'no clusters: create one with `islet clusters create NAME`',
  });
  if (text !== '') console.log(text);
}

async function remove(name: string, { state, kubeconfig }: Options): Promise<void> {
  const service = readService(state);
  const { id } = await Account.of(service).delete(name);
  console.log(`cluster ${name} deleted`);
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
