/** `kubectl logs` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Pod } from '../../../../kube/types.ts';
import { lines, texts } from '../api/client.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { bool, duration, int, string } from '../flags/define.ts';
import { SELECTOR } from '../resources/changes.ts';
import { activeFirst, chooseContainer, containerList, containersOf, podsOf } from '../resources/pods.ts';
import { findObjects, mustFind } from '../resources/query.ts';

const USAGE = `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
POD or TYPE/NAME is a required argument for the logs command`;
const SELECTED_TAIL = 10;

export const logs: Command = {
  name: 'logs',
  section: 'Troubleshooting and Debugging Commands',
  short: 'Print the logs for a container in a pod',
  long: 'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional.',
  examples: `
# The last 20 lines of a pod's log
kubectl logs web --tail=20

# Follow the logs of all pods of a label, each line with its pod
kubectl logs -f -l app=web --prefix

# Before the last restart of a container
kubectl logs -p web -c app`,
  args: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  completes: 'names:pods',
  flags: [
    bool('follow', 'Specify if the logs should be streamed.', { short: 'f' }),
    bool('previous', 'If true, print the logs for the previous instance of the container in a pod if it exists.', {
      short: 'p',
    }),
    string('container', 'Print the logs of this container', { short: 'c' }),
    int(
      'tail',
      'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.',
      { byDefault: '-1' },
    ),
    duration('since', 'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs.'),
    string('since-time', 'Only return logs after a specific date (RFC3339). Defaults to all logs.'),
    bool('timestamps', 'Include timestamps on each line in the log output'),
    int('limit-bytes', 'Maximum bytes of logs to return. Defaults to no limit.'),
    bool('all-containers', "Get all containers' logs in the pod(s)."),
    bool('all-pods', 'Get logs from all pod(s). Sets prefix to true.'),
    bool('prefix', 'Prefix each log line with the log source (pod name and container name)'),
    bool('ignore-errors', 'If watching / following pod logs, allow for any errors that occur to be non-fatal'),
    int('max-log-requests', 'Specify maximum number of concurrent logs to follow when using by a selector.', {
      byDefault: '5',
    }),
    duration('pod-running-timeout', 'The length of time to wait until at least one pod is running', {
      byDefault: '20s',
    }),
    SELECTOR,
  ],
  run,
};

interface Source {
  pod: Pod;
  container: string;
}

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const selector = flags.string('selector');
  if ((args.length === 0 && selector === '') || args.length > 2) throw context.usage(USAGE);
  if (args.length === 1 && selector !== '') throw context.usage('only a selector (-l) or a POD name is allowed');
  const pods = await chosenPods(context, selector);
  validate(context);
  const sources = pods.flatMap((pod) => sourcesOf(context, pod));
  const isFollowing = flags.bool('follow');
  const limit = flags.int('max-log-requests');
  if (isFollowing && sources.length > limit) {
    throw new CommandError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  }
  if (isFollowing && sources.length > 1) await Promise.all(sources.map((source) => show(context, source)));
  else for (const source of sources) await show(context, source);
}

async function chosenPods(context: Context, selector: string): Promise<Pod[]> {
  if (selector !== '') {
    const { infos } = await mustFind(context, { args: ['pods'], labelSelector: selector });
    if (infos.length === 0) context.err(`No resources found in ${context.namespace} namespace.\n`);
    return infos.map(({ object }) => object as unknown as Pod);
  }
  const { infos, errors } = await findObjects(context, {
    args: [context.args[0] ?? ''],
    defaultType: 'pods',
    single: true,
  });
  const [error] = errors;
  if (isNotFound(error)) {
    throw new CommandError(
      `error from server (NotFound): ${(error as Error).message} in namespace ${JSON.stringify(context.namespace)}`,
    );
  }
  throwAll(errors);
  const [info] = infos;
  if (!info) return [];
  const object = info.object as KubeObject;
  if (object.kind === 'Pod') return [object as unknown as Pod];
  if (context.flags.bool('all-pods')) return podsOf(context, info);
  const found = (await podsOf(context, info)).sort(activeFirst);
  if (!found[0]) throw new CommandError('timed out waiting for the condition');
  if (found.length > 1) context.err(`Found ${found.length} pods, using pod/${found[0].metadata.name}\n`);
  return [found[0]];
}

function validate({ flags, args }: Context): void {
  const container = flags.string('container');
  if (flags.string('since-time') !== '' && flags.changed('since')) {
    throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  if (flags.bool('all-containers') && (container || args[1])) {
    throw new CommandError(`--all-containers=true should not be specified with container name ${container || args[1]}`);
  }
  if (container !== '' && args.length === 2) {
    throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed');
  }
  if (flags.int('limit-bytes') < 0) throw new CommandError('--limit-bytes must be greater than 0');
  if (flags.duration('since') < 0) throw new CommandError('--since must be greater than 0');
  if (flags.int('tail') < -1) throw new CommandError('--tail must be greater than or equal to -1');
}

function sourcesOf(context: Context, pod: Pod): Source[] {
  const { flags, args } = context;
  if (flags.bool('all-containers')) return containersOf(pod).map(({ name }) => ({ pod, container: name }));
  const given = flags.string('container') || args[1] || '';
  const container = given || chooseContainer(context, pod, flags.bool('all-pods'));
  if (!containersOf(pod).some(({ name }) => name === container)) {
    throw new CommandError(
      `container ${container} is not valid for pod ${pod.metadata.name} out of: ${containerList(pod)}`,
    );
  }
  return [{ pod, container }];
}

async function show(context: Context, { pod, container }: Source): Promise<void> {
  const { flags, client, io } = context;
  const { name, namespace } = pod.metadata;
  const isDefaultTail = flags.string('selector') !== '' && !flags.changed('tail');
  const tail = isDefaultTail ? SELECTED_TAIL : flags.int('tail');
  const since = flags.duration('since');
  const query = {
    container,
    follow: flags.bool('follow') ? 'true' : undefined,
    previous: flags.bool('previous') ? 'true' : undefined,
    timestamps: flags.bool('timestamps') ? 'true' : undefined,
    limitBytes: flags.int('limit-bytes') > 0 ? flags.string('limit-bytes') : undefined,
    tailLines: tail >= 0 ? String(tail) : undefined,
    sinceSeconds: since > 0 ? String(Math.round(since / 1000)) : undefined,
    sinceTime: flags.string('since-time') || undefined,
  };
  const hasPrefix = flags.bool('prefix') || flags.bool('all-pods');
  try {
    const response = await client.send(`/api/v1/namespaces/${namespace}/pods/${name}/log`, { query, accept: '*/*' });
    if (!hasPrefix) for await (const text of texts(response, io.signal)) context.out(text);
    else for await (const line of lines(response, io.signal)) context.out(`[pod/${name}/${container}] ${line}\n`);
  } catch (error) {
    if (!flags.bool('ignore-errors')) throw error;
    context.out(`error: ${(error as Error).message}\n`);
  }
}
