/**
 * `/healthz`, `/livez` and `/readyz` with upstream's checks (apiserver `pkg/server/healthz`), for clients with a token.
 * The hooks that a kube-apiserver runs after its start have run here before the object answers: their results are made
 * with the object (`wiring/assemble.ts`), and requests wait for the bootstrap objects. So the storage is the one check
 * that may fail.
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import { page } from '../negotiate/respond.ts';
import type { Query } from '../query.ts';
import type { ApiResponse } from '../request.ts';
import type { Server } from '../server.ts';

type Ports = Pick<Server, 'store'>;
type Check = (ports: Ports) => void;

const holds: Check = () => {};
const storage: Check = ({ store }) => void store.get(keyOf('namespaces', '', 'default'));

const HOOKS = [
  ...['start-apiserver-admission-initializer', 'generic-apiserver-start-informers'],
  ...['priority-and-fairness-config-consumer', 'priority-and-fairness-filter', 'storage-object-count-tracker-hook'],
  ...['start-apiextensions-informers', 'start-apiextensions-controllers', 'crd-informer-synced'],
  ...['start-system-namespaces-controller', 'start-cluster-authentication-info-controller', 'storage-readiness'],
  ...['start-legacy-token-tracking-controller', 'start-service-ip-repair-controllers', 'rbac/bootstrap-roles'],
  ...['scheduling/bootstrap-system-priority-classes', 'priority-and-fairness-config-producer', 'bootstrap-controller'],
  ...['start-kubernetes-service-cidr-controller', 'start-kube-aggregator-informers'],
  ...['apiservice-status-local-available-controller', 'apiservice-status-remote-available-controller'],
  ...['apiservice-registration-controller', 'apiservice-discovery-controller', 'kube-apiserver-autoregistration'],
].map((hook) => `poststarthook/${hook}`);
const COMMON = [
  ...HOOKS,
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];
const LIVE = ['ping', 'log', 'etcd', ...COMMON];
const READY = ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...COMMON, 'shutdown'];
const STORAGE: ReadonlySet<string> = new Set(['etcd', 'etcd-readiness', 'poststarthook/storage-readiness']);

const CHECKS: Readonly<Record<string, readonly string[]>> = { healthz: LIVE, livez: LIVE, readyz: READY };

/** The paths of all checks. */
export const HEALTH_PATHS = Object.entries(CHECKS).flatMap(([root, names]) => [
  `/${root}`,
  ...names.map((name) => `/${root}/${name}`),
]);

/** undefined for other paths, and for checks that are not made. */
export function health(ports: Ports, path: string, query: Query): ApiResponse | undefined {
  const [, root = '', name] = /^\/(healthz|livez|readyz)(?:\/(.*))?$/.exec(path) ?? [];
  const names = CHECKS[root];
  if (!names || (name !== undefined && !names.includes(name))) return undefined;
  if (name !== undefined) return single(ports, name);
  const excluded = new Set(query.all('exclude'));
  const failed: string[] = [];
  const lines = names.map((each) => {
    if (excluded.has(each)) return `[+]${each} excluded: ok`;
    if (problemOf(ports, each) === undefined) return `[+]${each} ok`;
    failed.push(each);
    return `[-]${each} failed: reason withheld`;
  });
  const unknown = [...excluded].filter((each) => !names.includes(each)).sort();
  if (unknown.length > 0) {
    const quoted = unknown.map((each) => JSON.stringify(each)).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${quoted}`);
  }
  if (failed.length > 0) return page(500, `${[...lines, `${root} check failed`].join('\n')}\n`);
  return page(200, query.has('verbose') ? `${[...lines, `${root} check passed`].join('\n')}\n` : 'ok');
}

function single(ports: Ports, name: string): ApiResponse {
  const problem = problemOf(ports, name);
  if (problem !== undefined) return page(500, `internal server error: ${problem}\n`);
  return { type: 'response', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' };
}

function problemOf(ports: Ports, name: string): string | undefined {
  try {
    (STORAGE.has(name) ? storage : holds)(ports);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The checks as they stand, for `/metrics/slis` (component-base `metrics/prometheus/slis`). */
export function healthMetrics(ports: Ports): Family {
  const results = Object.entries(CHECKS).flatMap(([root, names]) =>
    names.map((name) => [problemOf(ports, name) === undefined ? 1 : 0, name, root] as const),
  );
  return gauge('kubernetes_healthcheck', results);
}
