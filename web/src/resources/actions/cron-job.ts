/** A CronJob is suspended, resumed, or run once now, as `kubectl create job --from` does. */
import type { CronJob } from '../../../../kube/types.ts';
import { groupResource, pathOf } from '../../api/discovery.ts';
import { kubectlLine, quote } from './kubectl-line.ts';
import { type Decision, patchAll, type Target } from './plan.ts';

export function isCronJob({ resource }: Pick<Target, 'resource'>): boolean {
  return groupResource(resource) === 'cronjobs.batch';
}

export function suspend(targets: readonly Target[], suspended: boolean): Decision {
  const body = { spec: { suspend: suspended } };
  return {
    steps: patchAll(targets, body),
    kubectl: kubectlLine(targets, { verb: 'patch', flags: ['--type=merge', '-p', JSON.stringify(body)] }),
  };
}

/** Names of Jobs are labels of their pods. */
const MAX_NAME = 63;

/** `random`: some letters and digits, so that the next one has another name. */
export function manualName(cronJob: string, random: string): string {
  const end = `-manual-${random}`;
  return `${cronJob.slice(0, MAX_NAME - end.length)}${end}`;
}

export function trigger({ resource, object }: Target, name: string): Decision {
  const { metadata, spec } = object as unknown as CronJob;
  if (!spec) return { refused: 'from must be an existing cronjob' };
  const { jobTemplate } = spec;
  const namespace = metadata.namespace ?? 'default';
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...jobTemplate.metadata?.annotations },
      labels: jobTemplate.metadata?.labels,
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true },
      ],
    },
    spec: jobTemplate.spec,
  };
  return {
    steps: [{ method: 'POST', path: pathOf({ ...resource, plural: 'jobs' }, namespace), body: job }],
    kubectl: `kubectl create job ${quote(name)} --from=cronjob/${quote(metadata.name ?? '')} -n ${quote(namespace)}`,
  };
}
