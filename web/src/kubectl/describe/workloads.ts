/** Deployments, ReplicaSets, StatefulSets, DaemonSets and ReplicationControllers. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { formatSelector, selectorFromMap, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type {
  DaemonSet,
  Deployment,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../../../../kube/types.ts';
import type { Context } from '../context.ts';
import { longTime } from '../print/durations.ts';
import { goText } from '../print/jsonpath/evaluate.ts';
import { formatLabels, selectorText } from '../print/labels.ts';
import { replicaSetsOf } from '../rollout/replica-sets.ts';
import type { Describer } from './describer.ts';
import { annotationLines, controllerOf, labelLines, workloadConditions } from './parts.ts';
import { describeTemplate } from './pod-template.ts';
import type { Sheet } from './sheet.ts';

export const deployment: Describer<Deployment> = {
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `Selector:\t${formatSelector(selectorFromObject(spec?.selector))}`);
    const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status ?? {};
    const counts = `${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available`;
    sheet.line(0, `Replicas:\t${spec?.replicas} desired | ${counts} | ${unavailableReplicas} unavailable`);
    sheet.line(0, `StrategyType:\t${spec?.strategy?.type}`);
    sheet.line(0, `MinReadySeconds:\t${spec?.minReadySeconds ?? 0}`);
    const rolling = spec?.strategy?.rollingUpdate;
    if (rolling) {
      sheet.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
    }
    describeTemplate(sheet, spec?.template);
    workloadConditions(sheet, status?.conditions);
    const { older, newest } = await replicaSetsOf(context, object);
    if (older.length === 0 && !newest) return;
    sheet.line(0, `OldReplicaSets:\t${setsText(older)}`);
    sheet.line(0, `NewReplicaSet:\t${setsText(newest ? [newest] : [])}`);
  },
};

function setsText(sets: readonly ReplicaSet[]): string {
  const texts = sets.map(
    ({ metadata, spec, status }) => `${metadata.name} (${status?.replicas ?? 0}/${spec?.replicas} replicas created)`,
  );
  return texts.join(', ') || '<none>';
}

/** `1 Running / 0 Waiting / …` of the pods that it controls. */
async function podCounts(
  context: Context,
  object: Pick<KubeObject, 'metadata'>,
  labelSelector: string,
): Promise<string> {
  const path = `/api/v1/namespaces/${object.metadata.namespace}/pods`;
  const { items } = await context.client.get<{ items: Pod[] }>(path, { labelSelector });
  const own = items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === object.metadata.uid),
  );
  const count = (phase: string): number => own.filter(({ status }) => status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

export const replicaSet: Describer<ReplicaSet> = {
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `Selector:\t${selectorText(spec?.selector)}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    const controller = controllerOf(metadata);
    if (controller !== '') sheet.line(0, `Controlled By:\t${controller}`);
    sheet.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas} desired`);
    const selector = formatSelector(selectorFromObject(spec?.selector));
    sheet.line(0, `Pods Status:\t${await podCounts(context, object, selector)}`);
    describeTemplate(sheet, spec?.template);
    workloadConditions(sheet, status?.conditions);
  },
};

export const replicationController: Describer<ReplicationController> = {
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `Selector:\t${formatLabels(spec?.selector)}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas} desired`);
    const selector = formatSelector(selectorFromMap(spec?.selector));
    sheet.line(0, `Pods Status:\t${await podCounts(context, object, selector)}`);
    describeTemplate(sheet, spec?.template);
    workloadConditions(sheet, status?.conditions);
  },
};

export const statefulSet: Describer<StatefulSet> = {
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    const selector = formatSelector(selectorFromObject(spec?.selector));
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
    sheet.line(0, `Selector:\t${selector}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `Replicas:\t${spec?.replicas} desired | ${status?.replicas ?? 0} total`);
    sheet.line(0, `Update Strategy:\t${spec?.updateStrategy?.type}`);
    const { partition, maxUnavailable } = spec?.updateStrategy?.rollingUpdate ?? {};
    if (partition !== undefined) {
      sheet.line(1, `Partition:\t${partition}`);
      if (maxUnavailable !== undefined) sheet.line(1, `MaxUnavailable:\t${maxUnavailable}`);
    }
    sheet.line(0, `Pods Status:\t${await podCounts(context, object, selector)}`);
    describeTemplate(sheet, spec?.template);
    claimTemplates(sheet, (spec?.volumeClaimTemplates ?? []) as PersistentVolumeClaim[]);
  },
};

function claimTemplates(sheet: Sheet, templates: readonly PersistentVolumeClaim[]): void {
  sheet.line(0, templates.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:');
  for (const { metadata, spec } of templates) {
    sheet.line(1, `Name:\t${metadata.name}`);
    sheet.line(1, `StorageClass:\t${spec?.storageClassName ?? ''}`);
    labelLines(sheet, 'Labels', metadata.labels, '  ');
    labelLines(sheet, 'Annotations', metadata.annotations, '  ');
    sheet.line(1, `Capacity:\t${spec?.resources?.requests?.storage ?? '<default>'}`);
    sheet.line(1, `Access Modes:\t${goText(spec?.accessModes ?? [])}`);
  }
}

export const daemonSet: Describer<DaemonSet> = {
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    const selector = formatSelector(selectorFromObject(spec?.selector));
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `Selector:\t${selector}`);
    sheet.line(0, `Node-Selector:\t${formatLabels(spec?.template?.spec?.nodeSelector)}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
    sheet.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
    sheet.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
    sheet.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
    sheet.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
    sheet.line(0, `Pods Status:\t${await podCounts(context, object, selector)}`);
    describeTemplate(sheet, spec?.template);
  },
};
