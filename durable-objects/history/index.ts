/** `/islet/v1/history…`: what there is to look at, what changed, and how two moments differ. */
import { HISTORY_PATH, type HistoryRange, type Moment } from '../../wire/history.ts';
import type { Authorizer } from '../apiserver/authz/attributes.ts';
import { oldestRevision } from '../apiserver/past.ts';
import type { ApiAnswer, ApiRequest, UserInfo } from '../apiserver/request.ts';
import type { Store } from '../store/store.ts';
import { changes } from './changes.ts';
import { diff } from './diff.ts';
import { isoTime, type Params, timeOf } from './options.ts';
import { type MayRead, readableBy } from './rights.ts';

export interface HistoryPorts {
  store: Store;
  authorize: Authorizer;
}

type Route = (params: Params, store: Store, mayRead: MayRead) => object;

const ROUTES: Readonly<Record<string, Route>> = {
  [`GET ${HISTORY_PATH}`]: range,
  [`GET ${HISTORY_PATH}/changes`]: changes,
  [`GET ${HISTORY_PATH}/diff`]: diff,
};

/** Authorised by the pipeline, as non-resource URLs, which also answers what is thrown. undefined for other paths. */
export function makeHistory({ store, authorize }: HistoryPorts) {
  return (request: ApiRequest, user: UserInfo): Promise<ApiAnswer> | undefined => {
    const { method, path, query } = request;
    const route = ROUTES[`${method} ${path}`];
    if (!route) return undefined;
    const mayRead = readableBy(user, authorize);
    return Promise.resolve(json(200, route(new URLSearchParams(query), store, mayRead)));
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
