/** `kubectl drain`, `cordon` and `uncordon` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Node, Pod } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { Aggregate, CommandError, isNotFound, StatusError, throwAll } from '../errors.ts';
import { bool, duration, int, string } from '../flags/define.ts';
import { DRY_RUN, dryRunOf, reporter, SELECTOR } from '../resources/changes.ts';
import type { Info } from '../resources/info.ts';
import { patchObject } from '../resources/patching.ts';
import { mustFind } from '../resources/query.ts';
import { until } from '../resources/until.ts';

const NODE_FLAGS = [
  DRY_RUN,
  SELECTOR,
  string('output', '', { hidden: true }),
  string('template', '', { hidden: true }),
];

function cordoning(name: 'cordon' | 'uncordon', short: string): Command {
  return {
    name,
    section: 'Cluster Management Commands',
    short,
    examples: `kubectl ${name} sim-0`,
    args: 'NODE',
    completes: 'names:nodes',
    flags: NODE_FLAGS,
    run: async (context) => setUnschedulable(context, await nodesOf(context, `${name} NODE`), name === 'cordon'),
  };
}

export const cordon = cordoning('cordon', 'Mark node as unschedulable');
export const uncordon = cordoning('uncordon', 'Mark node as schedulable');

export const drain: Command = {
  name: 'drain',
  section: 'Cluster Management Commands',
  short: 'Drain node in preparation for maintenance',
  long: 'Drain node in preparation for maintenance: it is marked unschedulable, and its pods are evicted as their disruption budgets allow.',
  examples: 'kubectl drain sim-0 --ignore-daemonsets --delete-emptydir-data',
  args: 'NODE',
  completes: 'names:nodes',
  flags: [
    ...NODE_FLAGS,
    bool('force', 'Continue even if there are pods that do not declare a controller.'),
    bool('ignore-daemonsets', 'Ignore DaemonSet-managed pods.'),
    bool(
      'delete-emptydir-data',
      'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
    ),
    bool(
      'disable-eviction',
      'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.',
    ),
    int(
      'grace-period',
      'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.',
      { byDefault: '-1' },
    ),
    duration('timeout', 'The length of time to wait before giving up, zero means infinite'),
    string('pod-selector', 'Label selector to filter pods on the node'),
  ],
  run: runDrain,
};

async function nodesOf(context: Context, use: string): Promise<Info[]> {
  const { args, flags } = context;
  if (args.length === 0 && !flags.changed('selector')) throw context.usage(`USAGE: ${use} [flags]`);
  if (args.length > 0 && flags.string('selector') !== '') {
    throw context.usage('error: cannot specify both a node name and a --selector option');
  }
  const words = args.length > 0 ? args : ['nodes'];
  const defaultType = args.length > 0 ? 'nodes' : undefined;
  const { infos } = await mustFind(context, {
    args: words,
    defaultType,
    labelSelector: flags.string('selector'),
    single: true,
  });
  const other = infos.find(({ mapping }) => mapping.resource !== 'nodes' || mapping.group !== '');
  if (!other) return infos;
  const { group, version, resource } = other.mapping;
  throw new CommandError(`error: expected resource of type node, got "${group}/${version}, Resource=${resource}"`);
}

async function setUnschedulable(context: Context, infos: readonly Info[], wanted: boolean): Promise<void> {
  const report = reporter(context);
  for (const info of infos) {
    const node = info.object as unknown as Node;
    const done = wanted ? 'cordoned' : 'uncordoned';
    if ((node.spec?.unschedulable ?? false) === wanted) {
      report(info.object as KubeObject, `already ${done}`);
      continue;
    }
    try {
      await patchObject(context, info, 'merge', { spec: { unschedulable: wanted || null } });
      report(info.object as KubeObject, done);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      context.err(`error: unable to ${done.replace('ed', '')} node ${JSON.stringify(info.name)}: ${error.message}\n`);
    }
  }
}

async function runDrain(context: Context): Promise<void> {
  const infos = await nodesOf(context, 'drain NODE');
  await setUnschedulable(context, infos, true);
  const report = reporter(context);
  const failed: [Info, unknown][] = [];
  for (const info of infos) {
    try {
      await evictAll(context, info);
      report(info.object as KubeObject, 'drained');
    } catch (error) {
      if (context.io.signal.aborted) throw error;
      const told =
        error instanceof Aggregate
          ? `[${error.errors.map((each) => (each as Error).message).join(', ')}]`
          : (error as Error).message;
      context.err(
        `error: unable to drain node ${JSON.stringify(info.name)} due to error: ${told}, continuing command...\n`,
      );
      failed.push([info, error]);
    }
  }
  if (failed.length > 0) {
    context.err(`There are pending nodes to be drained:\n${failed.map(([{ name }]) => ` ${name}\n`).join('')}`);
  }
  const all = failed.flatMap(([, error]) => (error instanceof Aggregate ? error.errors : [error]));
  if (all.length > 0) throw new Aggregate(all);
}

interface Verdict {
  pod: Pod;
  goes: boolean;
  warning?: string;
  error?: string;
}

async function verdictsOf(context: Context, node: string): Promise<Verdict[]> {
  const { items } = await context.client.get<{ items: Pod[] }>('/api/v1/pods', {
    fieldSelector: `spec.nodeName=${node}`,
    labelSelector: context.flags.string('pod-selector') || undefined,
  });
  return Promise.all(items.map((pod) => verdictOf(context, pod)));
}

async function verdictOf(context: Context, pod: Pod): Promise<Verdict> {
  const { flags } = context;
  const { metadata, spec, status } = pod;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (controller?.kind === 'DaemonSet' && controller.apiVersion === 'apps/v1' && !isOver) {
    try {
      await context.client.get(`/apis/apps/v1/namespaces/${metadata.namespace}/daemonsets/${controller.name}`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return isNotFound(error) && flags.bool('force')
        ? { pod, goes: true, warning: error.message }
        : { pod, goes: false, error: error.message };
    }
    if (!flags.bool('ignore-daemonsets')) {
      return { pod, goes: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
    }
    return { pod, goes: false, warning: 'ignoring DaemonSet-managed Pods' };
  }
  if (metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { pod, goes: false };
  if (isOver) return { pod, goes: true };
  const hasLocal = spec?.volumes?.some(({ emptyDir }) => emptyDir) === true;
  if (hasLocal && !flags.bool('delete-emptydir-data')) {
    return { pod, goes: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
  }
  if (!controller && !flags.bool('force')) {
    return { pod, goes: false, error: 'Pods that declare no controller (use --force to override)' };
  }
  if (!controller) return { pod, goes: true, warning: 'deleting Pods that declare no controller' };
  return hasLocal ? { pod, goes: true, warning: 'deleting Pods with local storage' } : { pod, goes: true };
}

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

function grouped(verdicts: readonly Verdict[], field: 'warning' | 'error'): [string, string][] {
  const groups = new Map<string, string[]>();
  for (const verdict of verdicts) {
    const text = verdict[field];
    if (text !== undefined) groups.set(text, [...(groups.get(text) ?? []), nameOf(verdict.pod)]);
  }
  return [...groups].map(([text, names]) => [text, names.join(', ')]);
}

async function evictAll(context: Context, { name }: Info): Promise<void> {
  const verdicts = await verdictsOf(context, name);
  throwAll(grouped(verdicts, 'error').map(([text, names]) => new CommandError(`cannot delete ${text}: ${names}`)));
  const warnings = grouped(verdicts, 'warning').map(([text, names]) => `${text}: ${names}`);
  if (warnings.length > 0) context.err(`Warning: ${warnings.join('; ')}\n`);
  const pods = verdicts.filter(({ goes }) => goes).map(({ pod }) => pod);
  const timeout = context.flags.duration('timeout') || 7 * 24 * 3600 * 1000;
  const deadline = context.now + timeout;
  const results = await Promise.allSettled(pods.map((pod) => evict(context, pod, deadline)));
  throwAll(results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])));
}

const RETRY_MS = 5_000;

async function evict(context: Context, pod: Pod, deadline: number): Promise<void> {
  const { flags, client } = context;
  const { namespace = '', name = '', uid } = pod.metadata;
  const dryRun = dryRunOf(context);
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const grace = flags.int('grace-period');
  const deleteOptions = {
    ...(grace >= 0 && { gracePeriodSeconds: grace }),
    ...(dryRun === 'server' && { dryRun: ['All'] }),
  };
  if (dryRun === 'client') {
    context.out(`evicting pod ${namespace}/${name} (dry run)\n`);
    return;
  }
  const verb = flags.bool('disable-eviction') ? 'deleting' : 'evicting';
  for (;;) {
    if (verb === 'evicting' || dryRun !== 'none') {
      context.out(`${verb} pod ${namespace}/${name}${dryRun === 'server' ? ' (server dry run)' : ''}\n`);
    }
    if (context.now > deadline) {
      throw new CommandError(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: global timeout reached`,
      );
    }
    try {
      if (verb === 'deleting') await client.remove(path, deleteOptions);
      else {
        const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions };
        await client.create(`${path}/eviction`, eviction);
      }
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!(error instanceof StatusError) || error.status.code !== 429) {
        if (!(error instanceof StatusError)) throw error;
        throw new CommandError(
          `error when ${verb} pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${error.message}`,
        );
      }
      context.err(
        `error when ${verb} pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${error.message}\n`,
      );
      await context.sleep(RETRY_MS);
      if (context.io.signal.aborted) throw new CommandError('interrupted', 130);
    }
  }
  if (dryRun !== 'none') return;
  const mapping = await context.discovery.find('pods');
  await until(
    context,
    { mapping, namespace, name },
    Math.max(deadline - context.now, 0),
    (now) => !now || now.metadata.uid !== uid,
  );
  context.out(`pod/${name} ${verb === 'deleting' ? 'deleted' : 'evicted'}\n`);
}
