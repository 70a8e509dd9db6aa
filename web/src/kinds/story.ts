/** A story shortened: runs of similar steps are one, and the middle of a long story is left out. */
import { formatOffset, type TraceStep } from '../../../wire/trace.ts';
import type { What } from '../../../wire/what.ts';
import { t } from './messages.ts';

/** So many similar steps in a row, such as a thousand pods being bound, are one. */
const GROUPED_FROM = 4;

/**
 * Runs of steps by the same actor, of the same sort, on the same kind; short runs are left apart. Events are left out.
 */
export function gather(steps: readonly TraceStep[]): TraceStep[][] {
  const groups: TraceStep[][] = [];
  for (const step of steps) {
    if (step.isEvent) continue;
    const group = groups.at(-1);
    const [other] = group ?? [];
    if (group && other && sort(other) === sort(step)) group.push(step);
    else groups.push([step]);
  }
  return groups.flatMap((group) => (group.length < GROUPED_FROM ? group.map((step) => [step]) : [group]));
}

/** At most `most` groups: the first and the last ones, and the number left out between. */
export function shorten<T>(groups: readonly T[], most: number): { head: T[]; left: number; tail: T[] } {
  if (groups.length <= most) return { head: [...groups], left: 0, tail: [] };
  const tail = Math.floor(most / 2);
  return { head: groups.slice(0, most - tail), left: groups.length - most, tail: groups.slice(-tail) };
}

function sort({ who, parts, object }: TraceStep): string {
  return `${who.replace(/ .*/, '')}|${parts.map(sortOf).join()}|${object.kind}`;
}

/** Changes that differ in a node or a number are alike; those of a state are not. */
function sortOf(what: What): string {
  switch (what.code) {
    case 'phase':
      return `phase ${what.to}`;
    case 'container':
      return `container ${what.state} ${what.reason}`;
    case 'progress':
      return `progress ${what.reason}`;
    case 'fields':
      return `fields ${what.names.join()}`;
    default:
      return what.code;
  }
}

/** The step that another follows from, or its revision where it is no part of the story. */
export function causeOf({ causedBy }: TraceStep, steps: readonly TraceStep[]): TraceStep | number | undefined {
  return causedBy === undefined ? undefined : (steps.find(({ revision }) => revision === causedBy) ?? causedBy);
}

/** The same as a text. */
export function becauseOf(step: TraceStep, steps: readonly TraceStep[]): string | undefined {
  const cause = causeOf(step, steps);
  if (cause === undefined) return undefined;
  if (typeof cause === 'number') return t('revision', { revision: cause });
  const object = `${cause.object.kind.toLowerCase()}/${cause.object.name}`;
  return t('atTime', { object, time: formatOffset(cause.offset) });
}
