/** `pkg/registry/core/pod/strategy.go` */
import type { Pod } from '../../types.ts';
import type { Strategy } from '../define.ts';
import { applyPodDefaults } from './pod-spec/defaults.ts';
import { mergeMatchLabelKeys } from './pod-spec/match-label-keys.ts';
import { qosClass } from './pod-spec/qos.ts';

function prepareForCreate(pod: Pod): void {
  if (!pod.spec) return;
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  if (pod.spec.schedulingGates?.length) {
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastTransitionTime: pod.metadata.creationTimestamp ?? undefined,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  }
  mergeMatchLabelKeys(pod);
}

function prepareForStatusUpdate(next: Pod, old: Pod): void {
  next.metadata.ownerReferences = old.metadata.ownerReferences;
  if (!next.metadata.ownerReferences) delete next.metadata.ownerReferences;
  if (next.status && old.status?.qosClass) next.status.qosClass ||= old.status.qosClass;
}

/** Nothing is waited for where nothing runs. */
function gracePeriodSeconds({ spec, status }: Pod, requested?: number): number {
  if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
  const period = requested ?? spec.terminationGracePeriodSeconds ?? 0;
  return period < 0 ? 1 : period;
}

export const podStrategy: Strategy<Pod> = {
  applyDefaults: applyPodDefaults,
  prepareForCreate,
  prepareForStatusUpdate,
  defaultGracePeriodSeconds: gracePeriodSeconds,
};
