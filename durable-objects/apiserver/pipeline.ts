/**
 * The way of every request through the API server, in one function: {@link handle}
 * (apiserver `pkg/server/config.go` DefaultBuildHandlerChain).
 */
import { isBuiltInGroup, type ServedKind } from '../../kube/kinds/registry.ts';
import { isStream, parseRequest, type RequestInfo } from '../../kube/machinery/request/request-info.ts';
import { timeoutProblem } from '../../kube/machinery/request-timeout.ts';
import { groupResource } from '../../kube/machinery/resource.ts';
import { AdmissionChain } from './admission/index.ts';
import { NamespaceStates } from './admission/namespace-lifecycle.ts';
import { NamespacedObjects } from './admission/namespaced-objects.ts';
import type { RemotePlugin } from './admission/plugin.ts';
import { NamespacePolicies } from './admission/pod-security/namespace-policies.ts';
import { PolicyRegistry } from './admission/policies/registry.ts';
import { mutatingWebhooks } from './admission/webhooks/mutating.ts';
import { validatingWebhooks } from './admission/webhooks/validating.ts';
import { type Aggregation, makeAggregation } from './aggregation/index.ts';
import { proxy } from './aggregation/proxy.ts';
import { authenticatorChain } from './authn/authenticator.ts';
import { impersonate } from './authn/impersonation.ts';
import { isletTokens } from './authn/islet-tokens.ts';
import { markLegacyUse } from './authn/legacy-token-use.ts';
import { serviceAccountTokens } from './authn/service-account-tokens.ts';
import { forbiddenBy } from './authz/forbidden.ts';
import { attributesOf, makeAuthorizer } from './authz/index.ts';
import { RuleResolver } from './authz/rbac/rule-resolver.ts';
import { agentOf, type Call, type Waits } from './call.ts';
import { Converter } from './conversion/converter.ts';
import { nonResource } from './discovery/discovery.ts';
import { checkParts } from './discovery/root-paths.ts';
import { asApiError, badRequest, noPage, noSuchResource, statusOf } from './errors.ts';
import type { Classified } from './flow-control/configuration.ts';
import { keepsSeat } from './flow-control/execution.ts';
import { makeFlowControl, type Seat } from './flow-control/flow-control.ts';
import { AdmissionMetrics } from './metrics/admission-metrics.ts';
import { constants } from './metrics/constants.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { storageMetrics } from './metrics/storage.ts';
import { accept, JSON_OBJECT } from './negotiate/accept.ts';
import { indent, isPretty } from './negotiate/pretty.ts';
import { JSON_TYPE, page, response } from './negotiate/respond.ts';
import { unreachable } from './outbound.ts';
import { parseQuery, type Query } from './query.ts';
import { Quotas } from './quota/quotas.ts';
import type { ApiAnswer, ApiRequest, ApiResponse } from './request.ts';
import type { Server, ServerPorts } from './server.ts';
import { makeServiceAllocator } from './services/allocator.ts';
import { dispatch } from './verbs/index.ts';
import { storageWarnings, warningHeader } from './warnings.ts';
import { mediaType } from './write/media-type.ts';

export interface ApiServer {
  /** Never throws: every failure is a Status. */
  handle(request: ApiRequest): Promise<ApiAnswer>;
  /** The user of a token whose signature was verified. */
  authenticate: Server['authenticate'];
  /** Requests under way; the store groups their commits. */
  inFlight(): number;
  /** Another set of kinds is served. */
  kindsChanged(): void;
  readonly aggregation: Aggregation;
}

export function makeApiServer(ports: ServerPorts): ApiServer {
  const rules = new RuleResolver(ports.store);
  const authorize = makeAuthorizer(ports.store, rules);
  const { cluster, isRevoked } = ports.identity;
  const now = ports.clock.now;
  const legacyUsed = markLegacyUse((request) => handle(request), now);
  const authenticate = authenticatorChain([
    isletTokens({ cluster, isRevoked, now }),
    serviceAccountTokens({ cluster: cluster.id, store: ports.store, isRevoked, now, legacyUsed }),
  ]);
  const requests = new RequestMetrics(ports.metrics);
  const admissionMetrics = new AdmissionMetrics(ports.metrics);
  const startedAt = now();
  ports.metrics.onRead(() => constants(startedAt));
  ports.metrics.onRead(() => storageMetrics(ports));
  const flowControl = makeFlowControl(ports, ports.limits);
  const server: Server = {
    ...ports,
    authenticate,
    authorize,
    rules,
    admissionMetrics,
    flowControl,
    startedAt,
    admission: new AdmissionChain(admissionMetrics, [...webhooks(ports), ...(ports.remotePlugins ?? [])]),
    converter: new Converter({
      outbound: ports.outbound ?? unreachable,
      uuid: ports.random.uuid,
      now,
      metrics: ports.metrics,
    }),
    namespaces: new NamespaceStates(),
    services: makeServiceAllocator(ports.store, ports.random.next),
    quotas: new Quotas(ports.store),
    podSecurity: new NamespacePolicies(ports.store, ports.podSecurityExemptions),
    limitRanges: new NamespacedObjects(ports.store, 'limitranges'),
    policies: new PolicyRegistry(ports.store),
    aggregation: makeAggregation({
      ...ports,
      build: ports.build ?? 'unbuilt',
      uuid: ports.random.uuid,
      now,
      api: { handle: (request) => handle(request) },
      report: (error, about) => ports.report('', error, about),
    }),
  };
  const warnOfStorage = storageWarnings(ports.store);
  let inFlight = 0;

  async function handle(request: ApiRequest): Promise<ApiAnswer> {
    const query = parseQuery(request.query);
    const info = parseRequest(request.method, request.path, query);
    const auditID = request.header('audit-id') ?? server.random.uuid();
    const { warning } = request.credential ?? {};
    const warnings: string[] = warning === undefined ? [] : [warning];
    let classified: Classified | undefined;
    const begun = server.clock.now();
    /** The time at which the request has its seat. */
    let now = begun;
    let kind: ServedKind['kind'] | undefined;
    const waits: Waits = { milliseconds: 0 };
    const finish = (answer: ApiAnswer): ApiAnswer => {
      const took = server.clock.now() - begun;
      if (kind) {
        const isApply = info.verb === 'patch' && mediaType(request).startsWith('application/apply-patch+');
        const waited = waits.milliseconds;
        requests.record({ info, query, kind, answer, took, waited, isApply, bodySize: request.body?.length });
      } else if (!info.isResource) {
        const known = COUNTED_PATHS[info.path];
        if (known && answer.type === 'response' && answer.status < 400) requests.recordPath(...known, { answer, took });
      }
      // Upstream exempts long-running requests from flow control, so their answers name no schema.
      return finished(answer, request, query, {
        auditID,
        warnings,
        classified: isStream(info) ? undefined : classified,
      });
    };
    const leave = requests.begin(info);
    let seat: Seat | undefined;
    inFlight++;
    try {
      checkTimeout(info, query);
      if (request.credential) requests.authenticated(request.user);
      const user = impersonate(request, () => attributesOf(info, request.user, query), authorize);
      // A request waits for its seat before anything is looked up. A watch gives its seat back once its first events were sent.
      classified = flowControl.classify(user, info, request);
      const asked = { query, agent: () => agentOf(request) ?? '', bodySize: request.body?.length ?? 0 };
      const entered = flowControl.enter(classified, user, info, asked);
      if (entered instanceof Promise) {
        const since = server.clock.now();
        seat = await entered;
        now = server.clock.now();
        waits.milliseconds += now - since;
      } else seat = entered;
      const attributes = attributesOf(info, user, query);
      const decision = authorize(attributes);
      requests.authorized(decision.allowed);
      if (!decision.allowed) {
        const refusal = forbiddenBy(attributes, decision.reason);
        refusal.options.noSniff = true;
        throw refusal;
      }
      const remote = server.aggregation.remote.for(info);
      if (remote) return finish(await proxy(server, remote, { request, user, auditID }));
      checkParts(info);
      if (!info.isResource) {
        const answer = server.extension?.(request, user) ?? nonResource(server, request, info.path, query);
        return finish(await answer);
      }
      const found = server.kinds.findResource(info.group, info.version, info.resource);
      if (!found) throw isBuiltInGroup(info.group) ? noSuchResource() : noPage();
      kind = found.kind;
      const call: Call = { ...found, server, request, info, query, user, auditID, now, warnings, waits };
      const dispatched = await dispatch(call);
      warnOfStorage(call);
      const answer = finish(dispatched);
      if (keepsSeat(answer, seat)) seat = undefined;
      return answer;
    } catch (error) {
      if (classified && !seat) requests.dropped(info, query);
      return finish(failure(error, request, info));
    } finally {
      seat?.leave();
      leave();
      inFlight--;
    }
  }

  function failure(error: unknown, request: ApiRequest, info: RequestInfo): ApiResponse {
    const about = { resource: info.resource === '' ? '' : groupResource(info.group, info.resource), name: info.name };
    const problem = asApiError(error, about, (unexpected) => {
      const id = server.random.uuid();
      server.report(id, unexpected, `${request.method} ${request.path}`);
      return id;
    });
    if (problem.options.isPage) return page(problem.code, problem.message);
    const format = errorFormat(request);
    const answer = response(problem.code, JSON.stringify(statusOf(problem)), format ?? JSON_OBJECT);
    // `WriteRawJSON` of upstream's indents, and ends no line.
    if (!format) answer.body = JSON.stringify(statusOf(problem), undefined, 2);
    if (problem.options.noSniff) answer.headers['x-content-type-options'] = 'nosniff';
    const { retryAfter } = problem.options;
    if (retryAfter !== undefined) answer.headers['retry-after'] = String(retryAfter);
    return answer;
  }

  return {
    handle,
    authenticate,
    inFlight: () => inFlight,
    kindsChanged: () => server.aggregation.local.kindsChanged(),
    aggregation: server.aggregation,
  };
}

/** Paths whose requests upstream counts, with their labels `subresource` and `component`. */
const COUNTED_PATHS: Readonly<Record<string, readonly [subresource: string, component: string]>> = {
  '/api': ['api', 'apiserver'],
  '/apis': ['apis', 'apiserver'],
  '/healthz': ['/healthz', ''],
  '/livez': ['/livez', ''],
  '/readyz': ['/readyz', ''],
};

function webhooks({ store, random, outbound = unreachable }: ServerPorts): RemotePlugin[] {
  const ports = { outbound, uuid: random.uuid };
  return [mutatingWebhooks(store, ports), validatingWebhooks(store, ports)];
}

/** Requests that may last for ever have no deadline, so no wrong one either. */
function checkTimeout(info: RequestInfo, query: Query): void {
  if (info.verb === 'watch' || isStream(info)) return;
  const problem = timeoutProblem(query.get('timeout'));
  if (problem !== undefined) throw badRequest(problem);
}

/** An error must reach also those clients whose `Accept` was the error: undefined for these. */
function errorFormat(request: ApiRequest): ReturnType<typeof accept> | undefined {
  const header = request.header('accept');
  // Errors have one shape; and these wildcards, which resources do not take, do for them.
  const plain = header?.includes('as=')
    ? header
        .split(',')
        .filter((range) => !range.includes('as='))
        .join()
    : header;
  if (plain === '' && header !== '') return undefined;
  try {
    return accept(plain);
  } catch {
    return plain?.split(',').some((range) => WILDCARD.test(range)) ? JSON_OBJECT : undefined;
  }
}

const WILDCARD = /^\s*(application\/)?\*\s*(;|$)/;

/** Those that the answer of another API server is given besides its own. */
function headersOf(answer: ApiAnswer): Record<string, string> | undefined {
  if (answer.type === 'response' || answer.type === 'watch') return answer.headers;
  return answer.type === 'stream' ? answer.http?.answerHeaders : undefined;
}

interface Trail {
  auditID: string;
  warnings: readonly string[];
  classified: Classified | undefined;
}

function finished(
  answer: ApiAnswer,
  request: ApiRequest,
  query: Query,
  { auditID, warnings, classified }: Trail,
): ApiAnswer {
  const headers = headersOf(answer);
  if (!headers) return answer;
  headers['audit-id'] = auditID;
  if (classified) {
    headers['x-kubernetes-pf-flowschema-uid'] = classified.schema.uid;
    headers['x-kubernetes-pf-prioritylevel-uid'] = classified.level.uid;
  }
  headers['cache-control'] ??= 'no-cache, private';
  if (answer.type === 'stream') return answer;
  const warning = warningHeader(warnings);
  if (warning !== undefined) headers.warning = warning;
  if (answer.type !== 'response') return answer;
  headers['content-type'] ??= JSON_TYPE;
  if (headers['content-type'] === JSON_TYPE && isPretty(request, query)) {
    const { body } = answer;
    answer.body = typeof body === 'string' ? [...indent([body])].join('') : indent(body);
  }
  return answer;
}
