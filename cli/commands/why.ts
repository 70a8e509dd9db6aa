/**
 * `islet why pod/web-0`: the scheduler's last decision about a pod, node by node. `islet why deploy/web`: those of its pods
 * that have no node or do not run as they should, alike ones once.
 */
import { Command } from 'commander';
import { selectorText } from '../../kube/kinds/columns/text.ts';
import { troubledPods } from '../../kube/pod-lifecycle/troubled.ts';
import type { LabelSelector, Pod } from '../../kube/types.ts';
import { formatWhy, type Why } from '../../wire/why.ts';
import { call, type Endpoint } from '../local/client.ts';
import { fail } from '../local/user-error.ts';
import { clusterOption, namespaceOption, openCluster, stateOption } from './options.ts';

interface Options {
  namespace?: string;
  cluster?: string;
  state: string;
}

/** By their names in kubectl: kinds whose pods a selector finds. */
const WORKLOADS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['apis/apps/v1 deployments', 'deployment', 'deployments', 'deploy'],
    ['apis/apps/v1 replicasets', 'replicaset', 'replicasets', 'rs'],
    ['apis/apps/v1 statefulsets', 'statefulset', 'statefulsets', 'sts'],
    ['apis/apps/v1 daemonsets', 'daemonset', 'daemonsets', 'ds'],
    ['apis/batch/v1 jobs', 'job', 'jobs'],
    ['api/v1 replicationcontrollers', 'replicationcontroller', 'replicationcontrollers', 'rc'],
  ].flatMap(([path = '', ...names]) => names.map((name) => [name, path])),
);
/** Names of pods that are told of one by one. */
const MAX_NAMES = 5;

export function whyCommand(): Command {
  return new Command('why')
    .description('tell why a pod is on its node, or on none: each node with the filter it failed or its scores')
    .argument(
      '<resource/name>',
      'pod/web-0; or deploy/web, sts/db, ds/logs, job/sum …: their pods that have no node or do not run',
    )
    .addOption(namespaceOption())
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(why);
}

async function why(argument: string, options: Options): Promise<void> {
  const [resource = '', name, ...rest] = argument.toLowerCase().split('/');
  const isPod = ['pod', 'pods', 'po'].includes(resource);
  const path = WORKLOADS[resource];
  if (!(isPod || path) || !name || rest.length > 0) fail('name a pod or a workload, like pod/web-0 or deploy/web');
  const { endpoint, cluster, namespace } = await openCluster(options.state, options.cluster, options.namespace);
  const missing = `looked in namespace ${namespace} of cluster ${cluster.name}; -n and --cluster name others`;
  const whyPod = (pod: string) =>
    call<Why>(endpoint, 'GET', `/islet/v1/why?${new URLSearchParams({ namespace, name: pod })}`, undefined, {
      missing,
    });
  if (!path) {
    process.stdout.write(formatWhy(await whyPod(name), Date.now()));
    return;
  }
  const pods = await podsOf(endpoint, { path, namespace, name, missing });
  const groups = troubled(pods, Date.now());
  if (groups.length === 0) console.log(noneIsTroubled(argument, pods.length));
  for (const [at, { names, lack }] of groups.entries()) {
    if (at > 0) console.log();
    if (names.length > 1) console.log(`${names.length} pods ${lack} for the same reason: ${shortened(names)}\n`);
    process.stdout.write(formatWhy(await whyPod(names[0] as string), Date.now()));
  }
}

async function podsOf(
  endpoint: Endpoint,
  { path, namespace, name, missing }: { path: string; namespace: string; name: string; missing: string },
): Promise<Pod[]> {
  const [version, plural] = path.split(' ');
  const at = `/${version}/namespaces/${namespace}/${plural}/${encodeURIComponent(name)}`;
  const { spec } = await call<{ spec: { selector?: LabelSelector | Record<string, string> } }>(
    endpoint,
    'GET',
    at,
    undefined,
    { missing },
  );
  // A ReplicationController's selector is the labels themselves.
  const selector = plural === 'replicationcontrollers' ? { matchLabels: spec.selector } : spec.selector;
  const labelSelector = selectorText(selector as LabelSelector, '');
  const query = new URLSearchParams({ labelSelector });
  return (await call<{ items: Pod[] }>(endpoint, 'GET', `/api/v1/namespaces/${namespace}/pods?${query}`)).items;
}

interface Group {
  names: string[];
  lack: string;
}

export function troubled(pods: readonly Pod[], now: number): Group[] {
  return troubledPods(pods, now).map(({ pods: alike, isPlaced }) => ({
    names: alike.map(({ metadata }) => metadata.name ?? ''),
    lack: isPlaced ? 'do not run as they should' : 'have no node',
  }));
}

function noneIsTroubled(argument: string, pods: number): string {
  if (pods === 0) return `${argument} has no pods: npx islet trace ${argument} and kubectl describe tell more`;
  const [count, are] = pods === 1 ? ['The one pod', 'is on a node'] : [`All ${pods} pods`, 'are on nodes'];
  return `${count} of ${argument} ${are}, and nothing is wrong: npx islet why pod/NAME tells why on that one`;
}

function shortened(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
