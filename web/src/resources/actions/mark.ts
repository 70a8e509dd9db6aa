/** `kubectl label` and `kubectl annotate`. */
import { kubectlLine } from './kubectl-line.ts';
import { type Decision, patchAll, type Target } from './plan.ts';

export type Marks = 'labels' | 'annotations';
type Pairs = Readonly<Record<string, string>>;

/** The change: a value, or null for one that is to go. */
export function changesOf(before: Pairs, after: Pairs): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const key of Object.keys(before)) if (!(key in after)) changes[key] = null;
  for (const [key, value] of Object.entries(after)) if (before[key] !== value) changes[key] = value;
  return changes;
}

export function mark(
  targets: readonly Target[],
  of: Marks,
  changes: Readonly<Record<string, string | null>>,
): Decision {
  const words = Object.entries(changes).map(([key, value]) => (value === null ? `${key}-` : `${key}=${value}`));
  if (words.length === 0) return { refused: `error: at least one ${of.slice(0, -1)} update is required` };
  const overwrites = targets.some(({ object }) =>
    Object.entries(changes).some(([key, value]) => value !== null && object.metadata[of]?.[key] !== undefined),
  );
  return {
    steps: patchAll(targets, { metadata: { [of]: changes } }),
    kubectl: kubectlLine(targets, {
      verb: of === 'labels' ? 'label' : 'annotate',
      flags: [...words, ...(overwrites ? ['--overwrite'] : [])],
    }),
  };
}
