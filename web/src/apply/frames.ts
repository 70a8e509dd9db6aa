/** A story as the frames of an animation: each lights one place of the picture, and tells one step, or many alike. */
import type { TraceStep } from '../../../wire/trace.ts';
import { gather } from '../kinds/story.ts';

/** The places, in the order of the way. */
export const STAGES = [
  'request',
  'authentication',
  'authorization',
  'admission',
  'revision',
  'controllers',
  'scheduler',
  'node',
  'containers',
] as const;

export type Stage = (typeof STAGES)[number];

export interface Frame {
  stage: Stage;
  /** Places that the write passes afterwards. */
  passes: readonly Stage[];
  /** The first one is told where they are alike. */
  steps: readonly [TraceStep, ...TraceStep[]];
}

/** The way of a request that came in from outside, a frame for each place. */
const WAY_IN: readonly Stage[] = ['request', 'authentication', 'authorization', 'admission', 'revision'];

export function framesOf(steps: readonly TraceStep[]): Frame[] {
  return gather(steps).flatMap(([first, ...others]): Frame[] => {
    if (!first) return [];
    const group = [first, ...others] as const;
    // Of many alike, each place would tell the same.
    if (first.actor === 'person' && others.length === 0) {
      return WAY_IN.map((stage) => ({ stage, passes: [], steps: group }));
    }
    const stage = stageOf(first);
    return [{ stage, passes: stage === 'request' ? WAY_IN.slice(1) : writtenBy(stage, first), steps: group }];
  });
}

function writtenBy(stage: Stage, { changed }: TraceStep): Stage[] {
  // It is the node that runs containers and tells of them.
  if (stage === 'containers') return ['node', 'revision'];
  return changed ? ['admission', 'revision'] : ['revision'];
}

function stageOf({ actor, parts, object }: TraceStep): Stage {
  switch (actor) {
    case 'person':
    case 'client':
      return 'request';
    case 'scheduler':
      return 'scheduler';
    case 'node':
      return object.kind === 'Pod' && parts.some(({ code }) => OF_CONTAINERS.includes(code)) ? 'containers' : 'node';
    default:
      return 'controllers';
  }
}

const OF_CONTAINERS: readonly string[] = ['phase', 'ready', 'notReady', 'container'];

/** The places that were reached up to a frame. */
export function reached(frames: readonly Frame[], at: number): ReadonlySet<Stage> {
  return new Set(frames.slice(0, at + 1).flatMap(({ stage, passes }) => [stage, ...passes]));
}
