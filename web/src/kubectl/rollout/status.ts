/** How far the rollout of a workload is, in kubectl's words. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../../../../kube/types.ts';
import { CommandError } from '../errors.ts';
import { revisionOf } from './replica-sets.ts';

export interface RolloutStatus {
  text: string;
  done: boolean;
}

const waiting = (text: string): RolloutStatus => ({ text, done: false });
const finished = (text: string): RolloutStatus => ({ text, done: true });

export function rolloutStatus(object: KubeObject, revision: number): RolloutStatus {
  if (object.kind === 'Deployment') return ofDeployment(object as unknown as Deployment, revision);
  if (object.kind === 'DaemonSet') return ofDaemonSet(object as unknown as DaemonSet);
  if (object.kind === 'StatefulSet') return ofStatefulSet(object as unknown as StatefulSet);
  const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : '';
  throw new CommandError(`no status viewer has been implemented for ${object.kind}${group}`);
}

function ofDeployment(deployment: Deployment, revision: number): RolloutStatus {
  const { metadata, spec, status } = deployment;
  if (revision > 0 && revision !== revisionOf(deployment)) {
    throw new CommandError(
      `desired revision (${revision}) is different from the running revision (${revisionOf(deployment)})`,
    );
  }
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return waiting('Waiting for deployment spec update to be observed...\n');
  }
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions = [] } = status ?? {};
  if (conditions.find(({ type }) => type === 'Progressing')?.reason === 'ProgressDeadlineExceeded') {
    throw new CommandError(`deployment "${metadata.name}" exceeded its progress deadline`);
  }
  const subject = `Waiting for deployment "${metadata.name}" rollout to finish:`;
  if (updatedReplicas < (spec?.replicas ?? 0)) {
    return waiting(`${subject} ${updatedReplicas} out of ${spec?.replicas} new replicas have been updated...\n`);
  }
  if (replicas > updatedReplicas) {
    return waiting(`${subject} ${replicas - updatedReplicas} old replicas are pending termination...\n`);
  }
  if (availableReplicas < updatedReplicas) {
    return waiting(`${subject} ${availableReplicas} of ${updatedReplicas} updated replicas are available...\n`);
  }
  return finished(`deployment "${metadata.name}" successfully rolled out\n`);
}

const ONLY_ROLLING = 'rollout status is only available for RollingUpdate strategy type';

function ofDaemonSet({ metadata, spec, status }: DaemonSet): RolloutStatus {
  if (spec?.updateStrategy?.type !== 'RollingUpdate') throw new CommandError(ONLY_ROLLING);
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return waiting('Waiting for daemon set spec update to be observed...\n');
  }
  const {
    updatedNumberScheduled: updated = 0,
    desiredNumberScheduled: desired = 0,
    numberAvailable = 0,
  } = status ?? {};
  const subject = `Waiting for daemon set "${metadata.name}" rollout to finish:`;
  if (updated < desired) return waiting(`${subject} ${updated} out of ${desired} new pods have been updated...\n`);
  if (numberAvailable < desired) {
    return waiting(`${subject} ${numberAvailable} of ${desired} updated pods are available...\n`);
  }
  return finished(`daemon set "${metadata.name}" successfully rolled out\n`);
}

function ofStatefulSet({ metadata, spec, status }: StatefulSet): RolloutStatus {
  if (spec?.updateStrategy?.type !== 'RollingUpdate') throw new CommandError(ONLY_ROLLING);
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = status ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration) {
    return waiting('Waiting for statefulset spec update to be observed...\n');
  }
  const wanted = spec.replicas ?? 0;
  if (readyReplicas < wanted) return waiting(`Waiting for ${wanted - readyReplicas} pods to be ready...\n`);
  const rolling = spec.updateStrategy.rollingUpdate;
  if (rolling) {
    const target = wanted - (rolling.partition ?? 0);
    if (rolling.partition !== undefined && updatedReplicas < target) {
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${target} new pods have been updated...\n`,
      );
    }
    return finished(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`);
  }
  if (status?.updateRevision !== status?.currentRevision) {
    return waiting(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${status?.updateRevision}...\n`,
    );
  }
  return finished(
    `statefulset rolling update complete ${currentReplicas} pods at revision ${status?.currentRevision}...\n`,
  );
}
