/**
 * Annotations that steer the simulated containers of a pod. Without them they start at once and run for ever, but for
 * those of a Job, whose work is soon done. One that cannot be followed counts as left out.
 */
import { type PodSteer, podSteeringProblems, steerOf } from '../../../kube/kinds/core/simulated-annotations.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';

/** Seconds after which each container ends, counted from its start. */
export const EXIT_AFTER = 'islet.dev/simulated-exit-after';
/** The exit code then; 0 when left out. */
export const EXIT_CODE = 'islet.dev/simulated-exit-code';
/** `false`: the containers are never ready, whether they have readiness probes or not. */
export const READY = 'islet.dev/simulated-ready';
/** Seconds from its start after which a container is ready at the earliest. */
const READY_AFTER = 'islet.dev/simulated-ready-after';
/** `30,10`: once ready, a container is for 30 seconds, and is not for 10, over and over. */
const READY_FLIPS = 'islet.dev/simulated-ready-flips';

/** How long the work of a Job's pod takes, in milliseconds: long enough to be seen. */
const WORK = 2000;

/** All times in milliseconds. */
export interface Steering {
  exitAfter: number | undefined;
  exitCode: number;
  ready: boolean;
  readyAfter: number;
  readyFlips: { ready: number; unready: number } | undefined;
  /** How long pulling a container's image takes. */
  startAfter: number;
  /** The images of the pod cannot be pulled, with this error. */
  pullError: string | undefined;
}

export function steeringOf(pod: Pod): Steering {
  const annotations = pod.metadata.annotations ?? {};
  const text = (name: PodSteer) => steerOf(annotations, name);
  const time = (seconds: string | undefined) => (seconds === undefined ? undefined : Number(seconds) * 1000);
  const [ready, unready] = (text('ready-flips')?.split(',') ?? []).map((part) => Number(part) * 1000);
  return {
    exitAfter: time(text('exit-after')) ?? (isOfJob(pod) ? WORK : undefined),
    exitCode: Number(text('exit-code') ?? 0),
    ready: text('ready') !== 'false',
    readyAfter: time(text('ready-after')) ?? 0,
    readyFlips: ready === undefined || unready === undefined ? undefined : { ready, unready },
    startAfter: time(text('start-after')) ?? 0,
    pullError: text('pull-error'),
  };
}

function isOfJob({ metadata }: Pod): boolean {
  return metadata.ownerReferences?.some(({ kind, controller }) => controller && kind === 'Job') ?? false;
}

/** Whether something happens by itself to a pod that just runs. */
export function isSteered(pod: Pod): boolean {
  if (isOfJob(pod)) return true;
  const { annotations } = pod.metadata;
  return annotations !== undefined && [EXIT_AFTER, READY, READY_AFTER, READY_FLIPS].some((key) => key in annotations);
}

/** An event for each annotation that cannot be followed. */
export function steeringNotices({ metadata }: Pod): PodEvent[] {
  return podSteeringProblems(metadata.annotations).map(([key, why]) => ({
    type: 'Warning',
    reason: 'InvalidAnnotation',
    message: `${key}: ${why}`,
  }));
}
