/** `islet why pod/web-0`: the scheduler's last decision about a pod, node by node. */
import { Command } from 'commander';
import { formatWhy, type Why } from '../../wire/why.ts';
import { call } from '../local/client.ts';
import { fail } from '../local/user-error.ts';
import { clusterOption, openCluster, stateOption } from './options.ts';

interface Options {
  namespace: string;
  cluster?: string;
  state: string;
}

export function whyCommand(): Command {
  return new Command('why')
    .description('tell why a pod is on its node, or on none: each node with the filter it failed or its scores')
    .argument('<pod/name>', 'pod/web-0')
    .option('-n, --namespace <name>', 'the namespace', 'default')
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(why);
}

async function why(argument: string, { namespace, cluster: named, state }: Options): Promise<void> {
  const [resource, name, ...rest] = argument.split('/');
  const isPod = ['pod', 'pods', 'po'].includes(resource ?? '');
  if (!isPod || !name || rest.length > 0) fail('name one pod, like pod/web-0');
  const { endpoint, cluster } = await openCluster(state, named);
  const query = new URLSearchParams({ namespace, name });
  const missing = `looked in namespace ${namespace} of cluster ${cluster.name}; -n and --cluster name others`;
  const answer = await call<Why>(endpoint, 'GET', `/islet/v1/why?${query}`, undefined, { missing });
  process.stdout.write(formatWhy(answer, Date.now()));
}
