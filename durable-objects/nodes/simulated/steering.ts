/**
 * Annotations that steer the simulated containers of a pod. Without them they start at once and run for ever, but for
 * those of a Job, whose work is soon done. One that cannot be followed counts as left out.
 */
import {
  ownSteerOf,
  type PodSteer,
  podSteeringProblems,
  steerOf,
} from '../../../kube/kinds/core/simulated-annotations.ts';
import { named, type PodEvent } from '../../../kube/pod-lifecycle/index.ts';
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

/** Of one container. Init containers and sidecars end only as an annotation of theirs alone says. */
export function steeringOf(pod: Pod, container: string): Steering {
  const annotations = pod.metadata.annotations ?? {};
  const text = (name: PodSteer) => steerOf(annotations, name, container);
  const isMain = named(pod.spec?.containers, container) !== undefined;
  const end = (name: PodSteer) => (isMain ? text(name) : ownSteerOf(annotations, name, container));
  const time = (seconds: string | undefined) => (seconds === undefined ? undefined : Number(seconds) * 1000);
  const [ready, unready] = (text('ready-flips')?.split(',') ?? []).map((part) => Number(part) * 1000);
  return {
    exitAfter: time(end('exit-after')) ?? (isMain && isOfJob(pod) ? WORK : undefined),
    exitCode: Number(end('exit-code') ?? 0),
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

/** Of all containers, or with the name of one behind a point. */
const WAKING = [EXIT_AFTER, READY, READY_AFTER, READY_FLIPS].flatMap((key) => [key, `${key}.`]);

/** Whether something happens by itself to a pod that just runs. */
export function isSteered(pod: Pod): boolean {
  if (isOfJob(pod)) return true;
  const keys = Object.keys(pod.metadata.annotations ?? {});
  return keys.some((key) => WAKING.some((each) => (each.endsWith('.') ? key.startsWith(each) : key === each)));
}

/** An event for each annotation that cannot be followed. */
export function steeringNotices(pod: Pod): PodEvent[] {
  return podSteeringProblems(pod).map(([key, why]) => ({
    type: 'Warning',
    reason: 'InvalidAnnotation',
    message: `${key}: ${why}`,
  }));
}
