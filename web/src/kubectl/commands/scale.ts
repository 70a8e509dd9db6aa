/** `kubectl scale` and `kubectl autoscale` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { groupResource } from '../api/discovery.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, throwAll } from '../errors.ts';
import { duration, int, string } from '../flags/define.ts';
import { all, dryRunOf, reporter, SELECTOR, writeFlags } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, infoPath } from '../resources/info.ts';
import { findObjects } from '../resources/query.ts';
import { until } from '../resources/until.ts';
import { createObject, typed } from './create/generator.ts';

interface Scale extends KubeObject {
  spec: { replicas?: number };
}

export const scale: Command = {
  name: 'scale',
  section: 'Deploy Commands',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  examples: `
# Three pods, whatever there were
kubectl scale deployment web --replicas=3

# Only if there are two now
kubectl scale deployment web --current-replicas=2 --replicas=3`,
  args: '[--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  completes: 'types-and-names',
  flags: [
    ...writeFlags('kubectl-scale').filter(({ name }) => name !== 'field-manager'),
    ...filenameFlags('identifying the resource to set a new size'),
    SELECTOR,
    all('Select all resources in the namespace of the specified resource types'),
    int('replicas', 'The new desired number of replicas. Required.', { required: true }),
    int('current-replicas', 'Precondition for current size. -1 (default) for no condition.', { byDefault: '-1' }),
    string('resource-version', 'Precondition for resource version.'),
    duration('timeout', "The length of time to wait before giving up on a scale operation, zero means don't wait."),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const replicas = flags.int('replicas');
  if (replicas < 0) {
    throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  }
  if (flags.int('current-replicas') < -1) {
    throw new CommandError('The --current-replicas must specify an integer of -1 or greater');
  }
  const { infos, errors } = await findObjects(context, {
    args,
    files: true,
    latest: true,
    labelSelector: flags.string('selector'),
    emptySelector: flags.bool('all'),
  });
  if (infos.length === 0) {
    throwAll(errors);
    throw new CommandError('no objects passed to scale');
  }
  const report = reporter(context);
  for (const info of infos) {
    const object = info.object as KubeObject;
    if (dryRunOf(context) !== 'client') await resize(context, info, replicas);
    const isBuiltIn = info.mapping.group === 'apps' || info.mapping.group === '';
    report(isBuiltIn ? { ...object, spec: { ...(object.spec as object), replicas } } : object, 'scaled');
  }
  throwAll(errors);
}

async function resize(context: Context, info: Info, replicas: number): Promise<void> {
  const { flags, client } = context;
  const path = infoPath(context, info, 'scale');
  const [wanted, version] = [flags.int('current-replicas'), flags.string('resource-version')];
  const query = { dryRun: dryRunOf(context) === 'server' ? 'All' : undefined };
  if (wanted === -1 && version === '') await client.patch(path, 'merge', { spec: { replicas } }, query);
  else {
    const current = await client.get<Scale>(path);
    if (wanted !== -1 && (current.spec.replicas ?? 0) !== wanted) {
      throw new CommandError(`Expected replicas to be ${wanted}, was ${current.spec.replicas ?? 0}`);
    }
    if (version !== '' && current.metadata.resourceVersion !== version) {
      throw new CommandError(`Expected resource version to be ${version}, was ${current.metadata.resourceVersion}`);
    }
    await client.replace(path, { ...current, spec: { ...current.spec, replicas } }, query);
  }
  const timeout = flags.duration('timeout');
  if (timeout > 0 && dryRunOf(context) === 'none') {
    await until(context, info, timeout, (object) => {
      const status = object?.status as { replicas?: number; observedGeneration?: number } | undefined;
      return (
        (status?.replicas ?? 0) === replicas && (status?.observedGeneration ?? 0) >= (object?.metadata.generation ?? 0)
      );
    });
  }
}

export const autoscale: Command = {
  name: 'autoscale',
  section: 'Deploy Commands',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  examples: 'kubectl autoscale deployment web --min=2 --max=10 --cpu=80%',
  args: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU]',
  completes: 'types-and-names',
  flags: [
    ...writeFlags('kubectl-autoscale'),
    ...filenameFlags('identifying the resource to autoscale.'),
    int('min', 'The lower limit for the number of pods that can be set by the autoscaler.', { byDefault: '-1' }),
    int('max', 'The upper limit for the number of pods that can be set by the autoscaler. Required.', {
      byDefault: '-1',
      required: true,
    }),
    int('cpu-percent', 'The target average CPU utilization over all the pods. Deprecated: use --cpu instead.', {
      byDefault: '-1',
    }),
    string('cpu', 'Target CPU utilization over all the pods: a percentage such as 80%, or an amount such as 500m.'),
    string(
      'memory',
      'Target memory utilization over all the pods: a percentage such as 80%, or an amount such as 200Mi.',
    ),
    string(
      'name',
      'The name for the newly created object. If not specified, the name of the input resource will be used.',
    ),
  ],
  run: runAutoscale,
};

async function runAutoscale(context: Context): Promise<void> {
  const { flags, args } = context;
  const [min, max] = [flags.int('min'), flags.int('max')];
  if (flags.changed('cpu-percent'))
    context.err(
      "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
    );
  if (max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min)
    throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const { infos, errors } = await findObjects(context, { args, files: true, latest: true });
  for (const { mapping, name } of infos) {
    if (!mapping.subresources.includes('scale')) {
      throw new CommandError(
        `cannot autoscale a ${mapping.kind}: could not find scale subresource for ${groupResource(mapping)}`,
      );
    }
    const metrics = metricsOf(context);
    const apiVersion = mapping.group === '' ? mapping.version : `${mapping.group}/${mapping.version}`;
    const spec = {
      maxReplicas: max,
      ...(metrics.length > 0 && { metrics }),
      ...(min > 0 && { minReplicas: min }),
      scaleTargetRef: { apiVersion, kind: mapping.kind, name },
    };
    const status = { currentMetrics: null, desiredReplicas: 0 };
    const object = typed('autoscaling/v2', 'HorizontalPodAutoscaler', flags.string('name') || name, { spec, status });
    await createAs(context, object);
  }
  throwAll(errors);
  if (infos.length === 0) throw new CommandError('no objects passed to autoscale');
}

async function createAs(context: Context, object: KubeObject): Promise<void> {
  await createObject(context, object, undefined, 'autoscaled');
}

function metricsOf({ flags }: Context): object[] {
  const wanted: [string, string][] = [
    ['cpu', flags.int('cpu-percent') > 0 ? `${flags.int('cpu-percent')}%` : flags.string('cpu')],
    ['memory', flags.string('memory')],
  ];
  return wanted.flatMap(([name, text]) => {
    if (text === '') return [];
    const target = text.endsWith('%')
      ? { averageUtilization: Number(text.slice(0, -1)), type: 'Utilization' }
      : { averageValue: text, type: 'AverageValue' };
    return [{ resource: { name, target }, type: 'Resource' }];
  });
}
