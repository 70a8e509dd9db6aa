/**
 * Annotations that steer the simulated containers of a pod. Without them they start at once and run for ever, but for
 * those of a Job, whose work is soon done.
 */
import type { Pod } from '../../../kube/types.ts';

/** Seconds after which each container ends, counted from its start. */
export const EXIT_AFTER = 'islet.dev/simulated-exit-after';
/** The exit code then; 0 when left out. */
export const EXIT_CODE = 'islet.dev/simulated-exit-code';
/** `false`: the containers are never ready, whether they have readiness probes or not. */
export const READY = 'islet.dev/simulated-ready';

/** How long the work of a Job's pod takes, in milliseconds: long enough to be seen. */
const WORK = 2000;

export interface Steering {
  /** Milliseconds. */
  exitAfter: number | undefined;
  exitCode: number;
  ready: boolean;
}

export function steeringOf(pod: Pod): Steering {
  const annotations = pod.metadata.annotations ?? {};
  const after = Number.parseFloat(annotations[EXIT_AFTER] ?? '');
  const code = Number.parseInt(annotations[EXIT_CODE] ?? '0', 10);
  return {
    exitAfter: after >= 0 ? after * 1000 : isOfJob(pod) ? WORK : undefined,
    exitCode: code >= 0 && code <= 255 ? code : 0,
    ready: annotations[READY] !== 'false',
  };
}

function isOfJob({ metadata }: Pod): boolean {
  return metadata.ownerReferences?.some(({ kind, controller }) => controller && kind === 'Job') ?? false;
}

export function isSteered(pod: Pod): boolean {
  if (isOfJob(pod)) return true;
  const annotations = pod.metadata.annotations;
  return annotations !== undefined && (EXIT_AFTER in annotations || READY in annotations);
}
