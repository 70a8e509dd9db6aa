/** Requests for objects as a user, through the whole of the API: admission, quotas, rights and audit see them. */
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Status } from '../../kube/machinery/status.ts';
import type { ApiRequest, RequestHandler, UserInfo } from '../apiserver/request.ts';

export interface ObjectRequest {
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body: object;
}

/** The manager of the fields that a rewind writes, and the agent that the log tells. */
export const REWIND = 'islet-rewind';

export function pathOf(
  { group, version, plural, scope }: KindDescriptor,
  { namespace }: KubeObject['metadata'],
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return scope === 'Namespaced' ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`;
}

/** The Status of a refusal; undefined when it was done. */
export async function refusalOf(
  api: RequestHandler,
  user: UserInfo,
  { method, path, body }: ObjectRequest,
): Promise<Status | undefined> {
  const headers: Readonly<Record<string, string>> = { 'content-type': 'application/json', 'user-agent': REWIND };
  const request: ApiRequest = {
    method,
    path,
    query: method === 'DELETE' ? '' : `fieldManager=${REWIND}`,
    header: (name) => headers[name],
    body: JSON.stringify(body),
    user,
  };
  const answer = await api.handle(request);
  if (answer.type !== 'response') throw new Error(`${method} ${path} answered a ${answer.type}`);
  if (answer.status < 300) return undefined;
  const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
  return JSON.parse(text) as Status;
}
