/**
 * Requests for the state of an earlier revision: `/islet/v1/history/{revision}/api/…`. Everything behind the revision is
 * the API as it is, read-only, so that `kubectl --server …/islet/v1/history/{revision} get` shows that moment. Rights are
 * those that the user has now.
 */
import type { RequestInfo } from '../../kube/machinery/request/request-info.ts';
import type { Store } from '../store/store.ts';
import { ApiError, expired, tooLargeResourceVersion } from './errors.ts';
import type { ApiRequest } from './request.ts';

const PATH = /^\/islet\/v1\/history\/(\d{1,15})(\/.*)$/;

/** The request behind the revision; the same request where its path names none. */
export function pastRequest(request: ApiRequest): ApiRequest {
  if (!request.path.startsWith('/islet/v1/history/')) return request;
  const [, revision, path] = PATH.exec(request.path) ?? [];
  if (revision === undefined || path === undefined || path.startsWith('/islet/')) return request;
  return {
    method: request.method,
    path,
    query: request.query,
    header: request.header,
    body: request.body,
    user: request.user,
    credential: request.credential,
    at: Number(revision),
  };
}

const READS: ReadonlySet<string> = new Set(['get', 'list']);
const SHOWN: ReadonlySet<string> = new Set(['', 'status']);

/** Throws 405 for what is no read of stored objects, and 410 for a revision that is no longer kept. */
export function checkPast({ verb, subresource }: RequestInfo, at: number, store: Store): void {
  if (!READS.has(verb) || !SHOWN.has(subresource)) {
    const why = `revision ${at} is past: its objects can be read and listed, and nothing else`;
    throw new ApiError('MethodNotAllowed', why);
  }
  checkKept(at, store);
}

export function checkKept(at: number, store: Store): void {
  if (at > store.revision) throw tooLargeResourceVersion(at, store.revision);
  const oldest = oldestRevision(store);
  if (at >= oldest) return;
  throw expired(`revision ${at} is no longer kept: the oldest that can be read is ${oldest}`);
}

/** Ages are as they were then. */
export function timeOf(at: number, store: Store): number | undefined {
  return store.history.timeOf(at);
}

/** Before the objects that a store was given there is nothing to see. */
export function oldestRevision(store: Store): number {
  return Math.max(store.oldest, store.history.first);
}
