/** A story shortened: runs of similar steps are one, and the middle of a long story is left out. */
import { formatOffset, type TraceStep } from '../../../wire/trace.ts';
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

function sort({ who, what, object }: TraceStep): string {
  return `${who.replace(/ .*/, '')}|${withoutDetail(what)}|${object.kind}`;
}

/** The step that another follows from: its object and its time, or its revision where it is no part of the story. */
export function becauseOf({ causedBy }: TraceStep, steps: readonly TraceStep[]): string | undefined {
  if (causedBy === undefined) return undefined;
  const cause = steps.find(({ revision }) => revision === causedBy);
  if (!cause) return t('revision', { revision: causedBy });
  const object = `${cause.object.kind.toLowerCase()}/${cause.object.name}`;
  return t('atTime', { object, time: formatOffset(cause.offset) });
}

/** `bound to sim-0` → `bound`; `asked to stop within 30 s` → `asked to stop` */
export function withoutDetail(what: string): string {
  return what.replace(/ ((?<!asked )to|with|within|by) .*/, '');
}
