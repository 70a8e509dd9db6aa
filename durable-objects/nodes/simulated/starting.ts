/**
 * The first start of a simulated container: pure. Its image is there, takes a while to be pulled, or cannot be pulled,
 * which is tried again and again (kubelet `images/image_manager.go`). All of it follows from the time since which the
 * container may start and from the pod's last status, so it survives eviction of the object.
 */

import { rfc3339 } from '../../../kube/machinery/time.ts';
import {
  CONTAINER_BACK_OFF,
  initContainers,
  isSidecar,
  named,
  type PodEvent,
  podEvents,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod } from '../../../kube/types.ts';
import type { Steering } from './steering.ts';

export interface Starting {
  /** Undefined: it starts now. `next`: the time to look again; undefined when only a change of the pod can help. */
  held?: { waiting?: { reason: string; message: string }; next?: number };
  events: PodEvent[];
}

/** The size that the events tell of an image, in bytes. */
const SIZE = 64 * 1024 * 1024;
/** How long a failed pull is shown as such, before the back-off is. */
const SHOWN = 3000;

/** `pod` is as it is stored: its status shows what was told already. */
export function startOf(pod: Pod, container: Container, steering: Steering, now: number): Starting {
  const image = container.image ?? '';
  const { initContainerStatuses, containerStatuses } = pod.status ?? {};
  const stored = named(initContainerStatuses, container.name) ?? named(containerStatuses, container.name);
  const waiting = stored?.state?.waiting;
  const { startAfter, pullError } = steering;
  const hasRun = Boolean(stored?.containerID || stored?.lastState?.terminated);
  if (hasRun) return { events: [podEvents.alreadyPresent(image)] };
  const known = startableSince(pod, container.name);
  const since = known ?? Date.parse(rfc3339(now));
  if (pullError !== undefined && container.imagePullPolicy === 'Never') {
    const reason = 'ErrImageNeverPull';
    const told = waiting?.reason === reason;
    const event = podEvents.neverPulled(image);
    const events = told ? [] : [event, podEvents.failed(reason)];
    return { held: { waiting: { reason, message: event.message } }, events };
  }
  const pulling = podEvents.pulling(image);
  if (now < since + startAfter) {
    return { held: { next: since + startAfter }, events: known === undefined ? [pulling] : [] };
  }
  const { isTry, next } = tryAt(since + startAfter, now);
  const last = waiting?.reason;
  if (pullError !== undefined) return failed(image, pullError, { isTry, next, last });
  // The image can be pulled by now, which is found at the next try.
  if (last === 'ErrImagePull') return failed(image, waiting?.message ?? '', { isTry, next, last });
  const failedBefore = last === 'ImagePullBackOff';
  if (failedBefore && !isTry) {
    return { held: { waiting: { reason: last, message: waiting?.message ?? '' }, next }, events: [] };
  }
  if (!failedBefore && startAfter === 0) return { events: [podEvents.alreadyPresent(image)] };
  const begun = startAfter > 0 && !failedBefore && known !== undefined;
  return { events: [...(begun ? [] : [pulling]), podEvents.pulled(image, startAfter, startAfter, SIZE)] };
}

function failed(
  image: string,
  error: string,
  { isTry, next, last }: { isTry: boolean; next: number; last: string | undefined },
): Starting {
  const reason = isTry ? 'ErrImagePull' : 'ImagePullBackOff';
  const backOff = podEvents.backOffPulling(image);
  const message = isTry ? error : `${backOff.message}: ErrImagePull: ${error}`;
  const what = isTry ? [podEvents.pulling(image), podEvents.failedToPull(image, error)] : [backOff];
  return {
    held: { waiting: { reason, message }, next },
    events: last === reason ? [] : [...what, podEvents.failed(reason)],
  };
}

/** Tries are made at `first`, 10 s later, 20 s after that, and so on up to every 5 minutes. */
function tryAt(first: number, now: number): { isTry: boolean; next: number } {
  const { initial, max } = CONTAINER_BACK_OFF;
  let [at, delay] = [first, initial];
  for (; at + delay <= now && delay < max; delay = Math.min(2 * delay, max)) at += delay;
  if (delay === max) at += Math.floor((now - at) / max) * max;
  const isTry = now < at + SHOWN;
  return { isTry, next: isTry ? at + SHOWN : at + delay };
}

/**
 * The time from which the container may start: the pod's start, or the end of the init containers before it. Undefined
 * where the status does not show it yet.
 */
function startableSince(pod: Pod, name: string): number | undefined {
  if (!pod.status?.startTime) return undefined;
  let since = Date.parse(pod.status.startTime);
  for (const before of initContainers(pod)) {
    if (before.name === name) break;
    const state = named(pod.status.initContainerStatuses, before.name)?.state;
    const passed = isSidecar(before) ? state?.running?.startedAt : state?.terminated?.finishedAt;
    if (!passed) return undefined;
    since = Math.max(since, Date.parse(passed));
  }
  return since;
}
