/** The policy that a namespace's labels ask for (`k8s.io/pod-security-admission/api/helpers.go`). */
import { type FieldError, fieldError } from '../machinery/field-error.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface LevelVersion {
  level: Level;
  /** A minor version of Kubernetes 1. */
  version: number | 'latest';
}

export type Mode = 'enforce' | 'audit' | 'warn';
export type Policy = Readonly<Record<Mode, LevelVersion>>;

export const LABELS = 'pod-security.kubernetes.io/';
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const VERSION = /^v1\.(\d|[1-9]\d{1,17})$/;
const PRIVILEGED: LevelVersion = { level: 'privileged', version: 'latest' };
/** kube-apiserver's own, where nothing configures another. */
export const DEFAULT_POLICY: Policy = { enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED };

export function printLevel({ level, version }: LevelVersion): string {
  return `${level}:${version === 'latest' ? version : `v1.${version}`}`;
}

export function sameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.version === b.version;
}

/** Positive where `a` is the stricter one. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

export function isFullyPrivileged(policy: Policy): boolean {
  return Object.values(policy).every(({ level }) => level === 'privileged');
}

/** Bad labels: what is enforced is the strictest, and nothing is warned of. */
export function policyOf(
  labels: Readonly<Record<string, string>> | undefined,
  defaults = DEFAULT_POLICY,
): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const given = (name: string): string | undefined => {
    const label = LABELS + name;
    return labels && Object.hasOwn(labels, label) ? labels[label] : undefined;
  };
  const fail = (name: string, value: string, why: string): void => {
    errors.push(fieldError.invalid(`metadata.labels[${LABELS}${name}]`, value, why));
  };
  const read = (mode: Mode): LevelVersion => {
    let { level, version } = defaults[mode];
    const text = given(mode);
    if (text !== undefined) {
      const known = LEVELS.find((one) => one === text);
      if (!known) fail(mode, text, `must be one of ${LEVELS.join(', ')}`);
      level = known ?? (mode === 'enforce' ? 'restricted' : 'privileged');
    }
    const versionText = given(`${mode}-version`);
    if (versionText !== undefined) {
      const match = VERSION.exec(versionText);
      if (!match && versionText !== 'latest') fail(`${mode}-version`, versionText, 'must be "latest" or "v1.x"');
      version = match ? Number(match[1]) : 'latest';
    }
    return { level, version };
  };
  const [enforce, audit] = [read('enforce'), read('audit')];
  let warn = read('warn');
  const enforced = given('enforce');
  // The enforced level is the level of warnings, too, where no label sets one: a workload is warned that its pods will be
  // refused.
  if (given('warn') === undefined && enforced === enforce.level && compareLevels(enforce.level, warn.level) > 0) {
    warn = { level: enforce.level, version: given('warn-version') === undefined ? enforce.version : warn.version };
  }
  return { policy: { enforce, audit, warn }, errors };
}
