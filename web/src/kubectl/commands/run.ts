/** `kubectl run` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Pod } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { array, bool, duration, string } from '../flags/define.ts';
import { dryRunOf, SAVE_CONFIG, writeFlags } from '../resources/changes.ts';
import { merged } from '../resources/patching.ts';
import { until } from '../resources/until.ts';
import { createObject, typed } from './create/generator.ts';
import { attachTo } from './exec.ts';

const POLICIES = ['Always', 'OnFailure', 'Never'];
const IMAGE = /^[\w.\-/:@[\]]+$/;

export const run: Command = {
  name: 'run',
  section: 'Basic Commands (Beginner)',
  short: 'Run a particular image on the cluster',
  examples: `
# Start a pod
kubectl run web --image=nginx

# A shell in a pod that goes when it ends
kubectl run box -it --rm --image=busybox --restart=Never -- sh`,
  args: 'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  completes: 'nothing',
  flags: [
    ...writeFlags('kubectl-run'),
    SAVE_CONFIG,
    array('annotations', 'Annotations to apply to the pod.'),
    string('image', 'The image for the container to run.', { required: true }),
    string('image-pull-policy', 'The image pull policy for the container.', {
      choices: ['Always', 'IfNotPresent', 'Never'],
    }),
    array('env', 'Environment variables to set in the container.'),
    string('port', 'The port that this container exposes.'),
    string('labels', 'Comma separated labels to apply to the pod. Will override previous values.', { short: 'l' }),
    bool('stdin', 'Keep stdin open on the container in the pod, even if nothing is attached.', { short: 'i' }),
    bool('tty', 'Allocate a TTY for the container in the pod.', { short: 't' }),
    bool(
      'attach',
      "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.",
    ),
    bool('rm', 'If true, delete the pod after it exits. Only valid when attaching to the container.'),
    string('restart', 'The restart policy for this Pod.', { byDefault: 'Always', choices: POLICIES }),
    bool(
      'command',
      "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    ),
    bool('expose', 'If true, create a ClusterIP service associated with the pod. Requires `--port`.'),
    bool('quiet', 'If true, suppress prompt messages.', { short: 'q' }),
    bool('privileged', 'If true, run the container in privileged mode.'),
    string('overrides', 'An inline JSON override for the generated object.'),
    duration('pod-running-timeout', 'The length of time to wait until at least one pod is running', {
      byDefault: '1m',
    }),
  ],
  run: runPod,
};

async function runPod(context: Context): Promise<number | undefined> {
  const { flags, args, dash } = context;
  if (args.length === 0 || dash === 0) throw context.usage('NAME is required for run');
  if (flags.string('image') === '') throw new CommandError('--image is required');
  if (!IMAGE.test(flags.string('image'))) {
    throw new CommandError(`Invalid image name ${JSON.stringify(flags.string('image'))}: invalid reference format`);
  }
  if (flags.bool('tty') && !flags.bool('stdin')) {
    throw context.usage('-i/--stdin is required for containers with -t/--tty=true');
  }
  if (flags.bool('expose') && flags.string('port') === '')
    throw context.usage('--port must be set when exposing a service');
  if (!POLICIES.includes(flags.string('restart'))) {
    throw context.usage(`invalid restart policy: ${flags.string('restart')}`);
  }
  const attaches = flags.bool('attach') || (flags.bool('stdin') && !flags.changed('attach'));
  if (!attaches && flags.bool('rm')) throw context.usage('--rm should only be used for attached containers');
  if (attaches && dryRunOf(context) !== 'none') {
    throw context.usage(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  }
  const name = args[0] as string;
  const labels = labelsOf(context, name);
  const pod = podOf(context, name, labels);
  if (attaches) return attached(context, pod, name);
  await exposed(context, name, labels);
  await createObject(context, pod);
}

function labelsOf({ flags }: Context, name: string): Record<string, string> {
  if (flags.string('labels') === '') return { run: name };
  return Object.fromEntries(
    flags
      .string('labels')
      .split(',')
      .map((pair) => {
        const [key = '', value, ...more] = pair.split('=');
        if (value === undefined || more.length > 0) throw new CommandError(`unexpected label spec: ${pair}`);
        return [key, value];
      }),
  );
}

function podOf(context: Context, name: string, labels: Record<string, string>): KubeObject {
  const { flags, args } = context;
  const words = args.slice(1);
  const pairs = (list: readonly string[], what: string): [string, string][] =>
    list.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) throw new CommandError(`invalid ${what}: ${pair}`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    });
  const container = {
    ...(words.length > 0 && (flags.bool('command') ? { command: words } : { args: words })),
    ...(flags.list('env').length > 0 && {
      env: pairs(flags.list('env'), 'env').map(([key, value]) => ({ name: key, value })),
    }),
    image: flags.string('image'),
    ...(flags.string('image-pull-policy') !== '' && { imagePullPolicy: flags.string('image-pull-policy') }),
    name,
    ...(flags.string('port') !== '' && { ports: [{ containerPort: Number(flags.string('port')) }] }),
    resources: {},
    ...(flags.bool('privileged') && { securityContext: { privileged: true } }),
    ...(flags.bool('stdin') && { stdin: true, ...(!flags.bool('attach') && { stdinOnce: true }) }),
    ...(flags.bool('tty') && { tty: true }),
  };
  const spec = { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.string('restart') };
  const pod = typed('v1', 'Pod', name, { spec, status: {} });
  const annotations = Object.fromEntries(pairs(flags.list('annotations'), 'annotations'));
  pod.metadata = { ...(Object.keys(annotations).length > 0 && { annotations }), labels, name };
  const overrides = flags.string('overrides');
  if (overrides === '') return pod;
  try {
    return merged(pod, JSON.parse(overrides) as object);
  } catch (error) {
    throw new CommandError(`Invalid JSON Patch: ${(error as Error).message}`);
  }
}

async function exposed(context: Context, name: string, selector: Record<string, string>): Promise<void> {
  if (!context.flags.bool('expose')) return;
  const port = Number(context.flags.string('port'));
  const spec = { ports: [{ port, protocol: 'TCP', targetPort: port }], selector };
  await createObject(context, typed('v1', 'Service', name, { spec, status: { loadBalancer: {} } }));
  if (context.flags.string('output') === 'yaml') context.out('---\n');
}

async function attached(context: Context, pod: KubeObject, name: string): Promise<number | undefined> {
  const { flags } = context;
  const mapping = await context.discovery.find('pods');
  await context.client.create(context.path(mapping, context.namespace), pod, {
    fieldManager: flags.string('field-manager'),
  });
  const info = { mapping, namespace: context.namespace, name };
  try {
    const started = (await until(context, info, flags.duration('pod-running-timeout'), (object) => {
      const phase = (object as unknown as Pod | undefined)?.status?.phase;
      return phase !== undefined && phase !== 'Pending';
    })) as unknown as Pod;
    if (started.status?.phase === 'Running') return await attachTo(context, started, name);
    const path = `/api/v1/namespaces/${context.namespace}/pods/${name}/log`;
    context.out(await context.client.text(path, { query: { container: name }, accept: '*/*' }));
  } finally {
    if (flags.bool('rm')) {
      await context.client.remove(context.path(mapping, context.namespace, name), {});
      if (!flags.bool('quiet')) context.out(`pod "${name}" deleted from ${context.namespace} namespace\n`);
    }
  }
}
