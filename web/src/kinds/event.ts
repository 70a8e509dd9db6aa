import { humanDuration } from '../../../kube/kinds/columns/human-duration.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Event } from '../../../kube/types.ts';

/** Milliseconds since the epoch. */
export function lastSeen(event: Event): number {
  const { series, lastTimestamp, eventTime, firstTimestamp, metadata } = event;
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp;
  return time ? Date.parse(time) : 0;
}

export function age(since: number, now: number): string {
  return humanDuration(Math.max(0, now - since));
}

export function ageOf({ metadata }: KubeObject, now: number): string {
  return metadata.creationTimestamp ? age(Date.parse(metadata.creationTimestamp), now) : '';
}

export function isAbout(event: Event, uid: string | undefined): boolean {
  return event.involvedObject.uid === uid;
}
