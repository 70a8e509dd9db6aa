/** Gauges that are made when metrics are read. */
import { FEATURES } from '../../../kube/generated/metrics.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import { VERSION } from '../../../wire/version.ts';
import type { ServerPorts } from '../server.ts';

/**
 * Gauges that do not change while the object lives (component-base `metrics`, `version`, `featuregate`). `startedAt`:
 * milliseconds since the epoch.
 */
export function* constantGauges(startedAt: number): Generator<Family> {
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

/** Gauges of the storage (apiserver `pkg/storage/etcd3/metrics`). */
export function* storageGauges({ kinds, store }: Pick<ServerPorts, 'kinds' | 'store'>): Generator<Family> {
  const objects = kinds.kinds.flatMap((kind): (readonly [number, string, string])[] => {
    const { group, plural, resource, verbs } = kind;
    const preferred = kinds.preferred(resource);
    // Objects that are served in several versions or groups are counted once, and those that are stored nowhere never.
    const isCounted = preferred?.kind === kind && preferred.storage === resource && verbs.includes('list');
    if (!isCounted || !verbs.includes('create')) return [];
    return [[store.count(keyPrefix(resource)), group, plural]];
  });
  yield gauge('apiserver_resource_objects', objects);
  // Its name is that of the resource alone, with its group.
  yield gauge(
    'apiserver_storage_objects',
    objects.map(([count, group, plural]) => [count, group === '' ? plural : `${plural}.${group}`] as const),
  );
  yield gauge('apiserver_storage_size_bytes', [[store.use.used, 'islet']]);
}
