/** `/islet/v1/history…`, what there is to look at, what changed, and how two moments differ; and `/islet/v1/export`. */
import { EXPORT_PATH } from '../../wire/cluster-file.ts';
import { HISTORY_PATH, type HistoryRange, type Moment, REWIND_PATH } from '../../wire/history.ts';
import type { Authorizer } from '../apiserver/authz/attributes.ts';
import { oldestRevision } from '../apiserver/past.ts';
import type { ApiAnswer, ApiRequest, UserInfo } from '../apiserver/request.ts';
import type { Store } from '../store/store.ts';
import { changes } from './changes.ts';
import { diff } from './diff.ts';
import { type ExportPorts, exportCluster } from './export.ts';
import { isoTime, type Params, timeOf } from './options.ts';
import { type RewindPorts, rewind } from './rewind.ts';
import { type MayRead, readableBy } from './rights.ts';

export type HistoryPorts = RewindPorts & ExportPorts & { authorize: Authorizer };

type Route = (asked: { request: ApiRequest; user: UserInfo; mayRead: MayRead }, ports: HistoryPorts) => Promise<object>;
type Look = (params: Params, store: Store, mayRead: MayRead) => object;

const looking =
  (look: Look): Route =>
  async ({ request, mayRead }, { store }) =>
    look(new URLSearchParams(request.query), store, mayRead);

const ROUTES: Readonly<Record<string, Route>> = {
  [`GET ${HISTORY_PATH}`]: looking(range),
  [`GET ${HISTORY_PATH}/changes`]: looking(changes),
  [`GET ${HISTORY_PATH}/diff`]: looking(diff),
  [`POST ${REWIND_PATH}`]: ({ request, user, mayRead }, ports) => rewind(request.body, user, mayRead, ports),
};

/** Authorised by the pipeline, as non-resource URLs, which also answers what is thrown. undefined for other paths. */
export function makeHistory(ports: HistoryPorts) {
  return (request: ApiRequest, user: UserInfo): Promise<ApiAnswer> | undefined => {
    if (request.method === 'GET' && request.path === EXPORT_PATH) {
      return Promise.resolve().then(() => exportCluster(new URLSearchParams(request.query), ports));
    }
    const route = ROUTES[`${request.method} ${request.path}`];
    if (!route) return undefined;
    const asked = { request, user, mayRead: readableBy(user, ports.authorize, ports.store) };
    return route(asked, ports).then((body) => json(200, body));
  };
}

function json(status: number, body: object): ApiAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { type: 'response', status, headers, body: `${JSON.stringify(body)}\n` };
}

/** Throws 400. */
function range(params: Params, store: Store): HistoryRange {
  const moment = (revision: number): Moment => ({ revision, time: isoTime(store.history.timeOf(revision) ?? 0) });
  const [oldest, newest] = [oldestRevision(store), store.revision];
  const asked = params.get('time');
  const at = asked === null ? undefined : moment(store.history.revisionAt(timeOf(asked), oldest, newest));
  return { oldest: moment(oldest), newest: moment(newest), ...(at && { at }) };
}
