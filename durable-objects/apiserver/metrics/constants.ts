/** Metrics that do not change while the object lives (component-base `metrics`, `version`, `featuregate`). */
import { FEATURES } from '../../../kube/generated/metrics.ts';
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import { VERSION } from '../../../wire/version.ts';

/** `startedAt`: milliseconds since the epoch. */
export function* constants(startedAt: number): Generator<Family> {
  yield gauge('process_start_time_seconds', [[startedAt / 1000]]);
  const { buildDate, compiler, gitCommit, gitTreeState, gitVersion, goVersion, major, minor, platform } = VERSION;
  const build = [buildDate, compiler, gitCommit, gitTreeState, gitVersion, goVersion, major, minor, platform] as const;
  yield gauge('kubernetes_build_info', [[1, ...build]]);
  yield gauge(
    'kubernetes_feature_enabled',
    FEATURES.trim()
      .split('\n')
      .map((line) => {
        const [name = '', stage = '', isOn] = line.split(' ');
        return [Number(isOn), name, stage] as const;
      }),
  );
  const { minCompatibilityMajor, minCompatibilityMinor } = VERSION;
  const binary = gitVersion.slice(1).replace(/\+.*$/, '');
  const minimum = `${minCompatibilityMajor}.${minCompatibilityMinor}`;
  yield gauge('version_info', [[1, binary, 'kube', `${major}.${minor}`, minimum]]);
}
