/** The checks that a level has in a version, and what they say of a pod (`policy/registry.go`, `policy/checks.go`). */
import type { ObjectMeta } from '../machinery/object.ts';
import type { PodSpec } from '../types.ts';
import { BASELINE } from './checks/baseline.ts';
import type { Check, CheckPod, Violation } from './checks/check.ts';
import { PROFILES } from './checks/profiles.ts';
import { RESTRICTED } from './checks/restricted.ts';
import type { Level, LevelVersion } from './policy.ts';

const byId = (a: Check, b: Check): number => (a.id < b.id ? -1 : 1);
const ALL = [...BASELINE, ...PROFILES, ...RESTRICTED];
/** The checks in upstream's order: those of the level baseline come first. */
const CHECKS = (['baseline', 'restricted'] as const).flatMap((level) =>
  ALL.filter((check) => check.level === level).sort(byId),
);
/** The minor version of the last change of any check. */
const NEWEST = Math.max(...CHECKS.flatMap(({ versions }) => versions.map(({ since }) => since)));

const compiled = new Map<string, readonly CheckPod[]>();

function checksOf(level: Level, minor: number): readonly CheckPod[] {
  const name = `${level}:${minor}`;
  let checks = compiled.get(name);
  if (!checks) {
    const applied = CHECKS.flatMap((check) => {
      const version = check.versions.findLast(({ since }) => since <= minor);
      return version && (level === 'restricted' || check.level === 'baseline') ? [{ check, run: version.check }] : [];
    });
    const overridden = new Set(applied.flatMap(({ check }) => check.overrides ?? []));
    checks = applied.filter(({ check }) => !overridden.has(check.id)).map(({ run }) => run);
    compiled.set(name, checks);
  }
  return checks;
}

export function violationsOf(
  { level, version }: LevelVersion,
  spec: PodSpec,
  metadata: Pick<ObjectMeta, 'annotations'>,
): Violation[] {
  if (level === 'privileged') return [];
  const minor = version === 'latest' ? NEWEST : Math.min(NEWEST, version);
  return checksOf(level, minor).flatMap((check) => check(spec, metadata) ?? []);
}

/** `host namespaces (hostNetwork=true), privileged (…)` */
export function detailsOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}
