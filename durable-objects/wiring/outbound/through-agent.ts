/** The road through a node's agent: one request over a stream session, its answer held until it has ended. */
import { HttpCall } from '../../../wire/http-call.ts';
import type { StreamSpec } from '../../../wire/stream.ts';
import type { StreamSocket } from '../../../wire/stream-reader.ts';
import {
  OutboundError,
  type OutboundRequest,
  type OutboundResponse,
  type ServiceReference,
} from '../../apiserver/outbound.ts';
import type { ResolvedEndpoint } from '../../apiserver/services/endpoint-resolver.ts';
import { type HeldAnswers, limitedText } from './limited-text.ts';

type HttpSpec = Extract<StreamSpec, { kind: 'http' }>;

/** Has the agent of the spec's node open the stream. Rejects with the reason why it cannot. The socket is accepted. */
export type Dial = (spec: HttpSpec, milliseconds: number) => Promise<StreamSocket>;

const TOO_LATE = 'context deadline exceeded';

/** Bytes that wait are not counted: they are no more than an answer may have. */
const UNCOUNTED = { grow() {}, shrink() {}, close() {} };

export async function throughAgent(
  { dial, held }: { dial: Dial; held: HeldAnswers },
  request: OutboundRequest,
  service: ServiceReference,
  { host, port, node = '' }: ResolvedEndpoint,
): Promise<OutboundResponse> {
  const { caBundle, insecure, timeoutMs } = request;
  const hostName = `${service.name}.${service.namespace}.svc`;
  const serverName = request.serverName ?? hostName;
  let call: HttpCall | undefined;
  let isLate = false;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    isLate = true;
    reject(new Error(TOO_LATE));
    call?.abort(TOO_LATE);
  }, timeoutMs);
  const answer = async (): Promise<OutboundResponse> => {
    const client = await request.client?.(node);
    const target = { host, port, ...(service.plain ? {} : { tls: { serverName, caBundle, insecure, client } }) };
    const socket = await dial({ kind: 'http', node, target, timeoutMs }, timeoutMs);
    call = new HttpCall(socket, UNCOUNTED);
    if (isLate) {
      call.abort(TOO_LATE);
      throw new Error(TOO_LATE);
    }
    const body = new TextEncoder().encode(request.body ?? '');
    const headers = {
      ...request.headers,
      host: `${hostName}:${service.port}`,
      'content-length': String(body.length),
    };
    const head = { method: request.method, path: service.path || '/', headers: pairsOf(headers) };
    const opened = await call.send(head, body);
    if (!opened.ok) throw new Error(opened.status.message);
    const { status = 200, headers: answered = [] } = opened.head ?? {};
    const lower = answered.map(([name, value]) => [name.toLowerCase(), value] as const);
    return { status, headers: Object.fromEntries(lower), body: await limitedText(opened.body, held) };
  };
  try {
    return await Promise.race([answer(), late]);
  } catch (error) {
    const { message } = error as Error;
    throw new OutboundError(`${message} (through the agent of node ${node}, to ${host}:${port})`);
  } finally {
    clearTimeout(timer);
  }
}

function pairsOf(headers: OutboundRequest['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
}
