/** The path `/islet/v1/forwards`: whether its user may open a port of a pod or Service, and whether something can be there. */
import { checkTarget, proxyPathOf } from '../../wire/forwards.ts';
import type { ApiAnswer, ApiRequest } from '../apiserver/request.ts';
import { NOT_CONNECTED } from '../streams/introduce.ts';
import { type Answer, parse, refuse } from './islet-api.ts';

export interface ForwardPorts {
  /** The whole API, by which the user is authorised. */
  handle(request: ApiRequest): Promise<ApiAnswer>;
  /** Whether the node's agent is connected. */
  connected(node: string): boolean;
}

const MALFORMED =
  'the body names kind (pods or services), namespace, name, port (a number from 1 to 65535) and scheme (http or https)';

/** Asks as for a request that is proxied there; no stream begins. */
export async function answerForward(request: ApiRequest, { handle, connected }: ForwardPorts): Promise<Answer> {
  const target = checkTarget(parse(request.body ?? ''));
  if (!target) return refuse('BadRequest', MALFORMED);
  // The user of the request is the one that it impersonates, if any.
  const header = (name: string): string | undefined => (name === 'user-agent' ? request.header(name) : undefined);
  const path = `${proxyPathOf(target)}/`;
  const answer = await handle({ ...request, method: 'POST', path, query: '', body: undefined, header });
  if (answer.type === 'response') return { status: answer.status, body: JSON.parse([...answer.body].join('')) };
  if (answer.type !== 'stream') return refuse('InternalError', `${path} is not proxied`);
  const { node } = answer.stream;
  if (!connected(node)) return refuse('ServiceUnavailable', NOT_CONNECTED(node));
  return { status: 200, body: { node } };
}
