import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { PodTemplateSpec } from '../../../../../kube/types.ts';
import { LAST_APPLIED } from '../../apply/last-applied.ts';
import { same } from '../../apply/three-way.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { describeTemplate } from '../../describe/pod-template.ts';
import { Sheet } from '../../describe/sheet.ts';
import { CommandError, throwAll } from '../../errors.ts';
import { int } from '../../flags/define.ts';
import { outputFlags } from '../../print/printer.ts';
import { DRY_RUN, dryRunOf, reporter } from '../../resources/changes.ts';
import { type Info, infoPath, objectName } from '../../resources/info.ts';
import { REVISION, withoutHash } from '../../rollout/replica-sets.ts';
import { type Revision, revisionsOf } from '../../rollout/revisions.ts';
import { findTargets, requireTargets, TARGET_FLAGS } from './targets.ts';

export const undo: Command = {
  name: 'undo',
  short: 'Undo a previous rollout',
  examples: `kubectl rollout undo deployment/web
kubectl rollout undo deployment/web --to-revision=3`,
  args: '(TYPE NAME | TYPE/NAME)',
  completes: 'types-and-names',
  flags: [
    ...TARGET_FLAGS,
    DRY_RUN,
    ...outputFlags(),
    int('to-revision', 'The revision to rollback to. Default to 0 (last revision).'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  requireTargets(context);
  const { infos, errors } = await findTargets(context);
  const report = reporter(context);
  for (const info of infos) {
    try {
      if ((info.object as KubeObject).metadata.annotations?.[LAST_APPLIED] !== undefined) {
        context.err(
          `Warning: resource ${objectName(info)} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
        );
      }
      report(info.object as KubeObject, await rollBack(context, info));
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
}

/** Of the object, not of the ReplicaSet that it goes back to. */
const KEPT = [
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

async function rollBack(context: Context, info: Info): Promise<string> {
  const wanted = context.flags.int('to-revision');
  const missing = new CommandError(`unable to find specified revision ${wanted} in history`);
  if (wanted < 0) throw missing;
  const all = await revisionsOf(context, info);
  const isDeployment = info.mapping.kind === 'Deployment';
  const target = wanted > 0 ? all.find(({ number }) => number === wanted) : all.at(-2);
  if (!target && wanted > 0) throw missing;
  if (!target) {
    throw new CommandError(
      isDeployment ? `no rollout history found for deployment "${info.name}"` : 'no last revision to roll back to',
    );
  }
  if (dryRunOf(context) === 'client') return templateText(target.template);
  const object = info.object as KubeObject;
  const spec = object.spec as { paused?: boolean; template?: PodTemplateSpec };
  if (spec.paused) {
    throw new CommandError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  if (same(withoutHash(target.template), withoutHash(spec.template))) {
    return `skipped rollback (current template already matches revision ${wanted})`;
  }
  await (isDeployment ? restoreDeployment(context, info, target) : restore(context, info, target));
  return 'rolled back';
}

function query(context: Context) {
  return { dryRun: dryRunOf(context) === 'server' ? 'All' : undefined };
}

async function restoreDeployment(context: Context, info: Info, { template, object }: Revision): Promise<void> {
  const current = (info.object as KubeObject).metadata.annotations ?? {};
  const kept = Object.entries(current).filter(([key]) => KEPT.includes(key));
  const restored = Object.entries(object.metadata.annotations ?? {}).filter(([key]) => !KEPT.includes(key));
  const patch = [
    { op: 'replace', path: '/spec/template', value: withoutHash(template) },
    { op: 'replace', path: '/metadata/annotations', value: Object.fromEntries([...kept, ...restored]) },
  ];
  await context.client.patch(infoPath(context, info), 'json', patch, query(context));
}

async function restore(context: Context, info: Info, { template }: Revision): Promise<void> {
  const patch = { spec: { template: { ...template, $patch: 'replace' } } };
  await context.client.patch(infoPath(context, info), 'strategic', patch, query(context));
}

function templateText(template: PodTemplateSpec): string {
  const sheet = new Sheet();
  describeTemplate(sheet, template);
  return sheet.raw();
}
