/**
 * A request that the cluster object passes on to a server behind a node's agent, and the server's answer: both are
 * streams, and no byte of them passes the cluster's object.
 */
import { type HttpBody, HttpCall } from '../../wire/http-call.ts';
import type { ProxiedRequest } from '../../wire/stream.ts';
import type { StreamSocket } from '../../wire/stream-reader.ts';
import type { EdgeRequest, EdgeResponse } from '../env.ts';
import { heldBytes } from '../held-bytes.ts';
import { tooManyRequests } from '../statuses.ts';
import { proxiedAnswer } from './answer.ts';
import { headersOf } from './headers.ts';
import type { Site } from './links.ts';

/** The client's request, with the body as far as the cluster object was not sent it. */
export interface Asked {
  request: EdgeRequest;
  body: EdgeRequest['body'] | string | Uint8Array;
  /** The path beneath which the client sees the cluster. */
  clusterPath: string;
  /** The client sees the server at the root of a host that is for it alone. */
  isOwnSite?: true;
}

/** The socket is accepted. */
export async function callThroughAgent(
  socket: StreamSocket,
  cluster: string,
  http: ProxiedRequest,
  { request, body, clusterPath, isOwnSite }: Asked,
): Promise<EdgeResponse> {
  let call: HttpCall | undefined;
  const memory = heldBytes.open(cluster, () => call?.abort('the answer was not read fast enough, and too much waited'));
  if (!memory) {
    socket.close();
    return tooManyRequests();
  }
  call = new HttpCall(socket, memory);
  const named = { host: request.headers.get('host') ?? '', address: http.address };
  let site: Site | undefined;
  if (isOwnSite) site = { prefix: '', ...named, isOwn: true };
  else if (http.prefix !== undefined) site = { prefix: clusterPath + http.prefix, ...named };
  const content = bodyOf(body);
  const headers = headersOf(request, http, site, content);
  const answer = await call.send({ method: request.method, path: http.path, headers }, content);
  const opened = answer.ok
    ? { head: answer.head ?? { status: 502, headers: [] }, body: answer.body }
    : { problem: `${answer.status.message ?? ''}${road(http)}` };
  return proxiedAnswer(opened, request.method, http, site);
}

/** As errors of webhooks end, whose calls take the same road. */
function road({ node }: ProxiedRequest): string {
  return node === undefined ? '' : ` (through the agent of node ${node})`;
}

function bodyOf(body: Asked['body']): HttpBody {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  return (body ?? undefined) as unknown as HttpBody;
}
