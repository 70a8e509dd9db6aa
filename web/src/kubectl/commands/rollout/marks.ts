/** `kubectl rollout pause`, `resume` and `restart`: one field of the workload each. */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import { groupResource } from '../../api/discovery.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError, StatusError, throwAll } from '../../errors.ts';
import { outputFlags } from '../../print/printer.ts';
import { fieldManager, reporter } from '../../resources/changes.ts';
import { patchObject } from '../../resources/patching.ts';
import { findTargets, requireTargets, TARGET_FLAGS } from './targets.ts';

interface Mark {
  name: string;
  short: string;
  done: string;
  /** Or the reason why not. */
  patch(object: KubeObject, now: number): object | string;
}

const KINDS = ['Deployment', 'DaemonSet', 'StatefulSet'];

const isPaused = ({ spec }: KubeObject): boolean => (spec as { paused?: boolean } | undefined)?.paused === true;

function mark({ name, short, done, patch }: Mark): Command {
  return {
    name,
    short,
    examples: `kubectl rollout ${name} deployment/web`,
    args: 'RESOURCE',
    completes: 'types-and-names',
    flags: [...TARGET_FLAGS, ...outputFlags(), fieldManager('kubectl-rollout')],
    run: (context) => run(context, done, patch),
  };
}

async function run(context: Context, done: string, patch: Mark['patch']): Promise<void> {
  requireTargets(context);
  const { infos, errors } = await findTargets(context);
  if (infos.length === 0 && errors.length === 0) {
    context.err(`No resources found in ${context.namespace} namespace.\n`);
    return;
  }
  const report = reporter(context);
  for (const info of infos) {
    const change = patch(info.object as KubeObject, context.now);
    if (typeof change === 'string') {
      errors.push(new CommandError(`error: ${groupResource(info.mapping)} ${JSON.stringify(info.name)} ${change}`));
      continue;
    }
    try {
      report(await patchObject(context, info, 'strategic', change), done);
    } catch (error) {
      errors.push(error instanceof StatusError ? new CommandError(`failed to patch: ${error.message}`) : error);
    }
  }
  throwAll(errors);
}

export const pause = mark({
  name: 'pause',
  short: 'Mark the provided resource as paused',
  done: 'paused',
  patch: (object) => {
    if (object.kind !== 'Deployment') return 'pausing is not supported';
    return isPaused(object) ? 'is already paused' : { spec: { paused: true } };
  },
});

export const resume = mark({
  name: 'resume',
  short: 'Resume a paused resource',
  done: 'resumed',
  patch: (object) => {
    if (object.kind !== 'Deployment') return 'resuming is not supported';
    return isPaused(object) ? { spec: { paused: null } } : 'is not paused';
  },
});

export const restart = mark({
  name: 'restart',
  short: 'Restart a resource',
  done: 'restarted',
  patch: (object, now) => {
    if (!KINDS.includes(object.kind)) return 'restarting is not supported';
    if (isPaused(object)) return "can't restart paused deployment (run rollout resume first)";
    const restartedAt = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
    return { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } } };
  },
});
