/** `islet trace deploy/web`: the way of the last apply, step by step, with times. */
import { Command } from 'commander';
import { formatTrace, type TraceStory } from '../../wire/trace.ts';
import { call } from '../local/client.ts';
import { fail } from '../local/user-error.ts';
import { clusterOption, namespaceOption, openCluster, stateOption } from './options.ts';

interface Options {
  namespace?: string;
  cluster?: string;
  state: string;
}

export function traceCommand(): Command {
  return new Command('trace')
    .description('tell the story of the last change of an object: who wrote what, because of what, and when')
    .argument('<resource/name>', 'deploy/web, pod/web-0, …')
    .addOption(namespaceOption())
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(trace);
}

async function trace(argument: string, options: Options): Promise<void> {
  const [resource, name, ...rest] = argument.split('/');
  if (!resource || !name || rest.length > 0) fail('name one object as RESOURCE/NAME, like deploy/web');
  const { endpoint, cluster, namespace } = await openCluster(options.state, options.cluster, options.namespace);
  const query = new URLSearchParams({ resource, namespace, name });
  const missing = `looked in namespace ${namespace} of cluster ${cluster.name}; -n and --cluster name others`;
  const story = await call<TraceStory>(endpoint, 'GET', `/islet/v1/trace?${query}`, undefined, { missing });
  process.stdout.write(formatTrace(story));
}
