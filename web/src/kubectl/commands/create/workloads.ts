/** `kubectl create deployment|job|cronjob` */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { CronJob } from '../../../../../kube/types.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { int, slice, string } from '../../flags/define.ts';
import { mustFind } from '../../resources/query.ts';
import { commandOf, generator, typed } from './generator.ts';

export const deployment = generator({
  name: 'deployment',
  aliases: ['dep'],
  short: 'Create a deployment with the specified name',
  examples: 'kubectl create deployment web --image=nginx --replicas=3 --port=80',
  args: 'NAME --image=image -- [COMMAND] [args...]',
  flags: [
    slice('image', 'Image names to run. A deployment can have multiple images set for multi-container pod.', {
      required: true,
    }),
    int('port', 'The containerPort that this deployment exposes.', { byDefault: '-1' }),
    int('replicas', 'Number of replicas to create. Default is 1.', { short: 'r', byDefault: '1' }),
  ],
  failure: 'failed to create deployment: ',
  build: (context, name) => {
    const { flags } = context;
    const images = flags.list('image');
    const command = commandOf(context);
    if (images.length > 1 && command.command) {
      throw new CommandError('cannot specify multiple --image options and command');
    }
    const containers = images.map((image, index) => ({
      image,
      name: containerName(context, image),
      resources: {},
      ...command,
      ...(index === 0 && flags.int('port') >= 0 && { ports: [{ containerPort: flags.int('port') }] }),
    }));
    const labels = { app: name };
    const spec = {
      replicas: flags.int('replicas'),
      selector: { matchLabels: labels },
      strategy: {},
      template: { metadata: { labels }, spec: { containers } },
    };
    const object = typed('apps/v1', 'Deployment', name, { spec, status: {} });
    object.metadata.labels = labels;
    return object;
  },
});

const RANDOM = 'bcdfghjklmnpqrstvwxz2456789';

/** The image's last word without tag and digest. */
function containerName({ world }: Context, image: string): string {
  const word = (image.split('/').at(-1) ?? '').split(':')[0]?.split('@')[0] ?? '';
  if (!/[_.]/.test(word)) return word;
  const suffix = Array.from({ length: 5 }, () => RANDOM[Math.floor(world.random() * RANDOM.length)]).join('');
  return `${word.replace(/[_.]/g, '-')}-${suffix}`;
}

export const job = generator({
  name: 'job',
  short: 'Create a job with the specified name',
  examples: `kubectl create job pi --image=perl -- perl -Mbignum=bpi -wle 'print bpi(200)'
kubectl create job now --from=cronjob/nightly`,
  args: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  flags: [
    string('image', 'Image name to run.'),
    string('from', 'The name of the resource to create a Job from (only CronJob is supported).'),
  ],
  failure: 'failed to create job: ',
  build: async (context, name) => {
    const [image, from] = [context.flags.string('image'), context.flags.string('from')];
    if ((image === '') === (from === '')) throw new CommandError('either --image or --from must be specified');
    const command = commandOf(context);
    if (from !== '' && command.command) throw new CommandError('cannot specify --from and command');
    if (from !== '') return jobFrom(context, name, from);
    const container = { ...command, image, name, resources: {} };
    const template = { metadata: {}, spec: { containers: [container], restartPolicy: 'Never' } };
    return typed('batch/v1', 'Job', name, { spec: { template }, status: {} });
  },
});

async function jobFrom(context: Context, name: string, from: string): Promise<KubeObject> {
  const { infos } = await mustFind(context, { args: [from] });
  const cronJob = infos[0]?.object as unknown as CronJob | undefined;
  if (!cronJob || infos.length !== 1) throw new CommandError('from must be an existing cronjob');
  if (cronJob.kind !== 'CronJob') throw new CommandError(`unknown object type *v1.${cronJob.kind}`);
  const { metadata: given = {}, spec } = cronJob.spec?.jobTemplate ?? {};
  const owner = {
    apiVersion: 'batch/v1',
    controller: true,
    kind: 'CronJob',
    name: cronJob.metadata.name ?? '',
    uid: cronJob.metadata.uid ?? '',
  };
  const object = typed('batch/v1', 'Job', name, { spec, status: {} });
  object.metadata = {
    annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...given.annotations },
    labels: given.labels,
    name,
    ownerReferences: [owner],
  };
  return object;
}

export const cronjob = generator({
  name: 'cronjob',
  aliases: ['cj'],
  short: 'Create a cron job with the specified name',
  examples: `kubectl create cronjob nightly --image=busybox --schedule='0 2 * * *' -- date`,
  args: `NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]`,
  flags: [
    string('image', 'Image name to run.', { required: true }),
    string('schedule', 'A schedule in the Cron format the job should be run with.', { required: true }),
    string('restart', "job's restart policy. supported values: OnFailure, Never", {
      byDefault: 'OnFailure',
      choices: ['OnFailure', 'Never'],
    }),
  ],
  failure: 'failed to create cronjob: ',
  build: (context, name) => {
    const { flags } = context;
    const container = { ...commandOf(context), image: flags.string('image'), name, resources: {} };
    const pod = { metadata: {}, spec: { containers: [container], restartPolicy: flags.string('restart') } };
    const jobTemplate = { metadata: { name }, spec: { template: pod } };
    return typed('batch/v1', 'CronJob', name, {
      spec: { jobTemplate, schedule: flags.string('schedule') },
      status: {},
    });
  },
});
