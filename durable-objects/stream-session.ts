/** One exec, attach, port-forward or log stream: two sockets that meet. Wiring only; the rules are in `streams/`. */
import { DurableObject } from 'cloudflare:workers';
import type {
  Request as CfRequest,
  Response as CfResponse,
  DurableObjectState,
  WebSocket,
} from '@cloudflare/workers-types';
import { CUT_PATH, INTRODUCTION_HEADER, type Introduction } from '../wire/stream.ts';
import { type Admitted, Session } from './streams/session.ts';
import { pairOfSockets, switchProtocols } from './wiring/sockets/runtime.ts';

export class StreamSession extends DurableObject {
  readonly #session: Session<WebSocket>;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env);
    this.#session = new Session<WebSocket>({
      pair: pairOfSockets,
      after: (milliseconds, run) => void setTimeout(run, milliseconds),
    });
  }

  async fetch(request: CfRequest): Promise<CfResponse> {
    const introduction = request.headers.get(INTRODUCTION_HEADER);
    if (introduction !== null) return answer(this.#session.client(JSON.parse(introduction) as Introduction));
    const { pathname, searchParams } = new URL(request.url);
    // From the cluster, whose stream it is. Nothing else ends a pair whose ends were handed out.
    if (pathname === CUT_PATH) this.ctx.abort('the stream was cut');
    const ticket = searchParams.get('ticket') ?? '';
    return answer(await this.#session.agent(ticket));
  }
}

function answer(admitted: Admitted<WebSocket>): CfResponse {
  if (admitted.ok) return switchProtocols(admitted.end, admitted.protocol);
  return new Response(`${admitted.message}\n`, { status: admitted.code }) as unknown as CfResponse;
}
