/** `pkg/api/job/warnings.go`. */

import type { Job, JobSpec } from '../../types.ts';
import { allTemplateWarnings, hostNameWarnings, isNewGeneration } from '../core/pod-spec/warnings.ts';

const MANY_COMPLETIONS = 100_000;
const MANY_AT_ONCE = 10_000;
const TOO_MANY =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

/** Warnings about the spec of a Job that lies at `path`. */
export function jobSpecWarnings(spec: JobSpec | undefined, path: string): string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec ?? {};
  const isLarge = completionMode === 'Indexed' && completions > MANY_COMPLETIONS && parallelism > MANY_AT_ONCE;
  return [...(isLarge ? [`${path}: ${TOO_MANY}`] : []), ...allTemplateWarnings(template, `${path}.template.`)];
}

export const jobWarnings = (next: Job, old: Job | undefined): string[] => [
  ...(old ? [] : hostNameWarnings(next.metadata)),
  ...(isNewGeneration(next, old) ? jobSpecWarnings(next.spec, 'spec') : []),
];
