/** Requests of the API server to itself (upstream's loopback client). */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { ApiRequest, RequestHandler, UserInfo } from './request.ts';

const USER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** The manager of the fields that it writes. */
export const MANAGER = 'kube-apiserver';

export type SystemCause = Extract<Cause, { kind: 'system' }>;

export interface OwnRequest {
  cause: SystemCause;
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Of a PATCH: a merge patch. */
  body: unknown;
}

/** The status of the answer. An object that is there already, or gone, is no error; throws for all other failures. */
export async function send(api: RequestHandler, { cause, method, path, body }: OwnRequest): Promise<number> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const request: ApiRequest = {
    method,
    path,
    query: method === 'DELETE' ? '' : `fieldManager=${MANAGER}`,
    header: (name) => (name === 'content-type' ? type : undefined),
    body: JSON.stringify(body),
    user: USER,
    cause,
  };
  const answer = await api.handle(request);
  if (answer.type === 'response' && (answer.status < 300 || answer.status === 409 || answer.status === 404)) {
    return answer.status;
  }
  throw new Error(`${cause.why}: ${path} answered ${answer.type === 'response' ? String(answer.body) : answer.type}`);
}
