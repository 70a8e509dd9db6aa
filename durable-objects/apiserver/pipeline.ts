/**
 * The way of every request through the API server, in one function: {@link handle}
 * (apiserver `pkg/server/config.go` DefaultBuildHandlerChain).
 */
import { isBuiltInGroup, type ServedKind } from '../../kube/kinds/registry.ts';
import { isStream, parseRequest, type RequestInfo } from '../../kube/machinery/request/request-info.ts';
import { timeoutProblem } from '../../kube/machinery/request-timeout.ts';
import { groupResource } from '../../kube/machinery/resource.ts';
import type { Aggregation } from './aggregation/index.ts';
import { proxy } from './aggregation/proxy.ts';
import { impersonate } from './authn/impersonation.ts';
import { forbiddenBy } from './authz/attributes.ts';
import { attributesOf } from './authz/index.ts';
import { agentOf, type Call, type Waits } from './call.ts';
import { nonResource } from './discovery/discovery.ts';
import { checkParts } from './discovery/root-paths.ts';
import { type ApiError, asApiError, badRequest, noPage, noSuchResource, Unrouted } from './errors.ts';
import type { Classified } from './flow-control/configuration.ts';
import { keepsSeat } from './flow-control/execution.ts';
import type { Seat } from './flow-control/flow-control.ts';
import { makeServer } from './make-server.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { withHeaders } from './negotiate/answer-headers.ts';
import { errorAnswer } from './negotiate/error-answer.ts';
import { checkPast, timeOf } from './past.ts';
import { checkPastNamespace } from './past-namespaces.ts';
import { parseQuery, type Query } from './query.ts';
import type { ApiAnswer, ApiRequest, RequestHandler } from './request.ts';
import type { Server, ServerPorts } from './server.ts';
import { dispatch } from './verbs/index.ts';
import { storageWarnings } from './warnings.ts';
import { isHeavyBody } from './write/heavy-body.ts';
import { mediaType } from './write/media-type.ts';

export interface ApiServer extends RequestHandler {
  /** The user of a token whose signature was verified. */
  authenticate: Server['authenticate'];
  authorize: Server['authorize'];
  /** Requests under way; the store groups their commits. */
  inFlight(): number;
  /** To be called when other kinds are served than before. */
  kindsChanged(): void;
  readonly aggregation: Aggregation;
}

export function makeApiServer(ports: ServerPorts): ApiServer {
  const server = makeServer(ports, { handle: (request) => handle(request) });
  const { authenticate, authorize, flowControl } = server;
  const requests = new RequestMetrics(ports.metrics);
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
      const flow = isStream(info) ? undefined : classified && uidsOf(classified);
      return withHeaders(answer, { request, query, auditID, warnings, flow });
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
      if (request.at !== undefined && info.isResource) {
        checkPast(info, request.at, server.store);
        checkPastNamespace(attributes, request.at, server.store, authorize);
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
      if (request.at !== undefined) now = timeOf(request.at, server.store) ?? now;
      const allowed = decision.reason;
      const call: Call = { ...found, server, request, info, query, user, allowed, auditID, now, warnings, waits };
      const dispatched = await dispatch(call);
      warnOfStorage(call);
      const answer = finish(dispatched);
      if (keepsSeat(answer, seat)) seat = undefined;
      return answer;
    } catch (error) {
      if (classified && !seat) requests.dropped(info, query);
      const problem = problemOf(error, request, info);
      if (problem instanceof Unrouted) kind = undefined;
      return finish(errorAnswer(problem, request));
    } finally {
      seat?.leave();
      leave();
      inFlight--;
    }
  }

  /** The client of an unexpected error is told the id under which it is reported. */
  function problemOf(error: unknown, request: ApiRequest, info: RequestInfo): ApiError {
    const resource = info.resource === '' ? '' : groupResource(info.group, info.resource);
    const about = { resource, name: info.name, isHeavy: () => isHeavyBody(request) };
    return asApiError(error, about, (unexpected) => {
      const id = server.random.uuid();
      server.report(id, unexpected, `${request.method} ${request.path}`);
      return id;
    });
  }

  return {
    handle,
    authenticate,
    authorize,
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

function uidsOf({ schema, level }: Classified): { schema: string; level: string } {
  return { schema: schema.uid, level: level.uid };
}

/** Requests that may last for ever have no deadline, so no wrong one either. */
function checkTimeout(info: RequestInfo, query: Query): void {
  if (info.verb === 'watch' || isStream(info)) return;
  const problem = timeoutProblem(query.get('timeout'));
  if (problem !== undefined) throw badRequest(problem);
}
