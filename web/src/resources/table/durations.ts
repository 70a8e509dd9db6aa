/** Durations as tables say them: `45s`, `3m10s`, `2d4h`, `3y12d`. */
import { humanDuration } from '../../../../kube/kinds/columns/human-duration.ts';

const SECONDS: Readonly<Record<string, number>> = { y: 31_536_000, d: 86_400, h: 3_600, m: 60, s: 1 };
const DURATION = /^(?:\d+[ydhms])+$/;

/** In milliseconds; undefined for any other text. */
export function durationOf(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)([ydhms])/g)) seconds += Number(count) * SECONDS[unit]!;
  return seconds * 1000;
}

/** A duration that goes on: so much later it is this. */
export function later(text: string, milliseconds: number): string {
  const duration = durationOf(text);
  return duration === undefined ? text : humanDuration(duration + Math.max(0, milliseconds));
}
