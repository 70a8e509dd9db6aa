/**
 * Counts of requests (apiserver `pkg/endpoints/metrics/metrics.go`, `pkg/endpoints/filters/metrics.go`). In memory
 * alone: a cluster that has slept begins anew, as a server that was restarted.
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { isStream, type RequestInfo, requestKind } from '../../../kube/machinery/request/request-info.ts';
import { gauge, type Histogram, type Registry, type Value } from '../../../kube/metrics/registry.ts';
import type { Query } from '../query.ts';
import type { ApiAnswer, UserInfo } from '../request.ts';

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
/** Kinds, verbs and scopes are few; this bounds what clients that try out all of them can make of it. */
const MAX_SERIES = 1000;

/** Of what is served and deprecated, no release is known that will not serve it. */
const NO_RELEASE = '';

/** A request that was answered. */
export interface Answered {
  info: RequestInfo;
  query: Query;
  kind: Pick<KindDescriptor, 'deprecationWarning'>;
  answer: ApiAnswer;
  /** Milliseconds that it took, and of those the ones that it waited for a seat or for webhooks. */
  took: number;
  waited: number;
  /** A patch in apply's media type. */
  isApply: boolean;
  /** Code units; undefined where there was none. */
  bodySize: number | undefined;
}

/** The series of requests that differ in nothing but their code. */
interface Series {
  codes: Map<number, Value>;
  duration: Histogram | undefined;
  sliDuration: Histogram | undefined;
  responseSizes: Histogram | undefined;
  bodySizes: Histogram | undefined;
  code(code: number): Value;
}

export class RequestMetrics {
  readonly #registry: Registry;
  #series = new Map<string, Series>();
  /** `#series` of requests for whole objects that are no dry run, by kind, verb and {@link slotOf}. */
  #plain = new WeakMap<object, Map<string, (Series | undefined)[]>>();
  #generation = 0;
  readonly #inFlight = { readOnly: 0, mutating: 0 };
  #authenticated: { name: string; generation: number; attempts: Value; requests: Value } | undefined;
  #authorized: { generation: number; allowed: Value } | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
    registry.onRead(() => [
      gauge('apiserver_current_inflight_requests', [
        [this.#inFlight.mutating, 'mutating'],
        [this.#inFlight.readOnly, 'readOnly'],
      ]),
    ]);
  }

  /** A request has begun; call what is returned when it has ended. */
  begin(info: RequestInfo): () => void {
    const kind = requestKind(info);
    this.#inFlight[kind]++;
    return () => void this.#inFlight[kind]--;
  }

  authenticated({ name }: UserInfo): void {
    const { generation } = this.#registry;
    let known = this.#authenticated;
    if (known?.name !== name || known.generation !== generation) {
      const attempts = this.#registry.value('authentication_attempts', 'success');
      const requests = this.#registry.value('authenticated_user_requests', compressed(name));
      known = { name, generation, attempts, requests };
      this.#authenticated = known;
    }
    known.attempts.value++;
    known.requests.value++;
  }

  authorized(isAllowed: boolean): void {
    if (!isAllowed) {
      this.#registry.count('authorization_attempts_total', 'no-opinion');
      return;
    }
    const { generation } = this.#registry;
    if (this.#authorized?.generation !== generation) {
      this.#authorized = { generation, allowed: this.#registry.value('authorization_attempts_total', 'allowed') };
    }
    this.#authorized.allowed.value++;
  }

  /** Flow control has refused a request (`RecordDroppedRequest`). */
  dropped(info: RequestInfo, query: Query): void {
    if (!isNamed(info)) return;
    const { group, version, resource, subresource } = info;
    const labels = [
      dryRunOf(query),
      group,
      resource,
      scopeOf(info),
      subresource,
      verbOf(info, false),
      version,
    ] as const;
    this.#registry.count('apiserver_request_total', '429', 'apiserver', ...labels);
  }

  /** A request that names no resource was answered (`InstrumentHandlerFunc`). */
  recordPath(subresource: string, component: string, { answer, took }: Pick<Answered, 'answer' | 'took'>): void {
    const code = String(answer.type === 'response' ? answer.status : 200);
    const labels = ['', '', '', subresource, 'GET', ''] as const;
    this.#registry.count('apiserver_request_total', code, component, '', ...labels);
    this.#registry.observe('apiserver_request_duration_seconds', took / 1000, component, '', ...labels);
    this.#registry.observe('apiserver_request_sli_duration_seconds', took / 1000, component, ...labels);
  }

  /** A request for a resource that is served was answered (`MonitorRequest`). A list counts once it has been read. */
  record(answered: Answered): void {
    const { info, answer } = answered;
    if (!isNamed(info)) return;
    if (this.#generation !== this.#registry.generation) {
      this.#generation = this.#registry.generation;
      this.#series = new Map();
      this.#plain = new WeakMap();
    }
    const series = this.#seriesOf(answered);
    if (!series) return;
    if (answered.bodySize !== undefined) series.bodySizes?.observe(answered.bodySize);
    if (answer.type !== 'response') {
      series.code(answer.type === 'stream' ? 101 : 200).value++;
      return;
    }
    if (typeof answer.body === 'string') this.#observe(series, answered, answer.status, answer.body.length);
    else answer.body = measured(answer.body, (size) => this.#observe(series, answered, answer.status, size));
  }

  /** The series that count the request; undefined where there are too many series. */
  #seriesOf(answered: Answered): Series | undefined {
    const { info, query, kind, isApply } = answered;
    if (info.subresource !== '' || query.has('dryRun')) return this.#find(answered);
    const slot = slotOf(info, isApply);
    let ofKind = this.#plain.get(kind);
    const known = ofKind?.get(info.verb)?.[slot];
    if (known) return known;
    const found = this.#find(answered);
    if (!found) return undefined;
    if (!ofKind) {
      ofKind = new Map();
      this.#plain.set(kind, ofKind);
    }
    const slots = ofKind.get(info.verb) ?? [];
    slots[slot] = found;
    ofKind.set(info.verb, slots);
    return found;
  }

  #find(answered: Answered): Series | undefined {
    const { info, query, kind, isApply } = answered;
    const { verb, group, version, resource, subresource } = info;
    const dryRun = dryRunOf(query);
    const scope = scopeOf(info);
    const id = `${verb}${isApply ? '!' : ' '}${resource} ${subresource} ${group} ${version} ${scope} ${dryRun}`;
    let series = this.#series.get(id);
    if (!series) {
      if (this.#series.size >= MAX_SERIES) return undefined;
      series = this.#make(answered, scope, dryRun);
      this.#series.set(id, series);
      if (kind.deprecationWarning !== undefined) {
        this.#registry.set('apiserver_requested_deprecated_apis', 1, group, NO_RELEASE, resource, subresource, version);
      }
    }
    return series;
  }

  #observe(series: Series, { took, waited }: Answered, code: number, size: number): void {
    series.code(code).value++;
    series.duration?.observe(took / 1000);
    series.sliDuration?.observe((took - waited) / 1000);
    series.responseSizes?.observe(size);
  }

  #make({ info, isApply, bodySize }: Answered, scope: string, dryRun: string): Series {
    const registry = this.#registry;
    const { verb, group, version, resource, subresource } = info;
    const said = verbOf(info, isApply);
    const labels = [group, resource, scope, subresource, said, version] as const;
    // A watch has no duration while it lasts.
    const isLong = verb === 'watch' || said === 'CONNECT';
    const codes = new Map<number, Value>();
    return {
      codes,
      code(code) {
        let value = codes.get(code);
        if (!value) {
          value = registry.value('apiserver_request_total', String(code), 'apiserver', dryRun, ...labels);
          codes.set(code, value);
        }
        return value;
      },
      duration: isLong
        ? undefined
        : registry.histogram('apiserver_request_duration_seconds', 'apiserver', dryRun, ...labels),
      sliDuration:
        isLong || dryRun !== ''
          ? undefined
          : registry.histogram('apiserver_request_sli_duration_seconds', 'apiserver', ...labels),
      responseSizes:
        said === 'GET' || said === 'LIST'
          ? registry.histogram('apiserver_response_sizes', 'apiserver', ...labels)
          : undefined,
      bodySizes:
        bodySize === undefined
          ? undefined
          : registry.histogram('apiserver_request_body_size_bytes', group, resource, verb),
    };
  }
}

/** A client may call a subresource what it likes. */
const isNamed = ({ subresource }: RequestInfo): boolean => subresource === '' || /^[a-z]{0,32}$/.test(subresource);

/** `cleanVerb` */
function verbOf(info: RequestInfo, isApply: boolean): string {
  if (isStream(info)) return 'CONNECT';
  return isApply ? 'APPLY' : (VERBS[info.verb] ?? 'other');
}

/** `CleanScope` */
export function scopeOf({ name, verb, namespace, isResource }: RequestInfo): string {
  if (name !== '' || verb === 'create') return 'resource';
  if (namespace !== '') return 'namespace';
  return isResource ? 'cluster' : '';
}

const SLOTS: Readonly<Record<string, number>> = { resource: 0, namespace: 1, cluster: 2, '': 3 };

const slotOf = (info: RequestInfo, isApply: boolean): number =>
  (SLOTS[scopeOf(info)] as number) * 2 + (isApply ? 1 : 0);

/** `cleanDryRun`: what is no known value is not told. */
function dryRunOf(query: Query): string {
  const values = query.all('dryRun');
  if (values.length === 0) return '';
  return values.every((value) => value === 'All') ? 'All' : 'invalid';
}

const KNOWN_USERS = new Set(['admin', 'client', 'kube_proxy', 'kubelet', 'system:serviceaccount:kube-system:default']);

/** `compressUsername` (apiserver `pkg/endpoints/filters/metrics.go`) */
function compressed(name: string): string {
  if (KNOWN_USERS.has(name)) return name;
  return name.includes('@') ? 'email_id' : 'other';
}

/** The same pieces; `end` is told their code units once they have been read, or are not read any more. */
function* measured(pieces: Iterable<string>, end: (size: number) => void): Generator<string> {
  let size = 0;
  try {
    for (const piece of pieces) {
      size += piece.length;
      yield piece;
    }
  } finally {
    end(size);
  }
}
