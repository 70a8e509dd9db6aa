/**
 * Counts of requests for `/metrics` (apiserver `pkg/endpoints/metrics/metrics.go`). In memory alone: a cluster that has
 * slept begins anew, as a server that was restarted.
 */
import type { Query } from './query.ts';
import { isStream, type RequestInfo } from './request-info.ts';

/** Upper bounds in seconds. */
const BUCKETS = [
  ...[0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60],
];
/** Kinds, verbs and scopes are few; this bounds what clients that try out all of them can make of it. */
const MAX_SERIES = 1000;

const VERBS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};
const MUTATING: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

interface Series {
  labels: string;
  codes: Map<number, number>;
  /** Requests by bucket, the last one beyond all bounds. */
  buckets: Uint32Array;
  seconds: number;
}

export class RequestMetrics {
  readonly #series = new Map<string, Series>();
  readonly #inFlight = { readOnly: 0, mutating: 0 };

  /** A request has begun; call what is returned when it has ended. */
  begin({ verb }: RequestInfo): () => void {
    const kind = MUTATING.has(verb) ? 'mutating' : 'readOnly';
    this.#inFlight[kind]++;
    return () => void this.#inFlight[kind]--;
  }

  /** A request for a resource that is served was answered. `isApply`: a patch in apply's media type. */
  record(info: RequestInfo, query: Query, code: number, milliseconds: number, isApply: boolean): void {
    const { verb, group, version, resource, subresource, name, namespace, nameFromSelector } = info;
    // A client may call it what it likes.
    if (!/^[a-z]{0,32}$/.test(subresource)) return;
    const scope = name !== '' && !nameFromSelector ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
    const dryRun = dryRunOf(query);
    const id = `${verb}${isApply} ${resource} ${subresource} ${group} ${version} ${scope} ${dryRun}`;
    let series = this.#series.get(id);
    if (!series) {
      if (this.#series.size >= MAX_SERIES) return;
      const said = isApply ? 'APPLY' : (VERBS[verb] ?? 'other');
      const labels = `dry_run="${dryRun}",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${isStream(info) ? 'CONNECT' : said}",version="${version}"`;
      series = { labels, codes: new Map(), buckets: new Uint32Array(BUCKETS.length + 1), seconds: 0 };
      this.#series.set(id, series);
    }
    series.codes.set(code, (series.codes.get(code) ?? 0) + 1);
    // Upstream observes no durations of what may last for ever.
    if (verb === 'watch' || isStream(info)) return;
    const seconds = milliseconds / 1000;
    const found = BUCKETS.findIndex((bound) => seconds <= bound);
    const bucket = found < 0 ? BUCKETS.length : found;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.seconds += seconds;
  }

  /** In the text format of Prometheus. */
  *print(): Generator<string> {
    yield* [
      '# HELP apiserver_current_inflight_requests [STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.\n',
      '# TYPE apiserver_current_inflight_requests gauge\n',
      `apiserver_current_inflight_requests{request_kind="mutating"} ${this.#inFlight.mutating}\n`,
      `apiserver_current_inflight_requests{request_kind="readOnly"} ${this.#inFlight.readOnly}\n`,
      '# HELP apiserver_request_duration_seconds [STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.\n',
      '# TYPE apiserver_request_duration_seconds histogram\n',
    ];
    const name = 'apiserver_request_duration_seconds';
    for (const { labels, buckets, seconds } of this.#series.values()) {
      let count = 0;
      for (const [index, bound] of [...BUCKETS, '+Inf'].entries()) {
        count += buckets[index] ?? 0;
        yield `${name}_bucket{component="apiserver",${labels},le="${bound}"} ${count}\n`;
      }
      yield `${name}_sum{component="apiserver",${labels}} ${seconds}\n`;
      yield `${name}_count{component="apiserver",${labels}} ${count}\n`;
    }
    yield '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.\n';
    yield '# TYPE apiserver_request_total counter\n';
    for (const { labels, codes } of this.#series.values()) {
      for (const [code, count] of codes) {
        yield `apiserver_request_total{code="${code}",component="apiserver",${labels}} ${count}\n`;
      }
    }
  }
}

/** `cleanDryRun`: what is no known value is not told. */
function dryRunOf(query: Query): string {
  const values = query.all('dryRun');
  if (values.length === 0) return '';
  return values.every((value) => value === 'All') ? 'All' : 'invalid';
}
