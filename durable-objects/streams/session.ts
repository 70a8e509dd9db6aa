/**
 * A stream session: two sockets that meet. It hands out the two ends of one socket pair and lets
 * the runtime pump between them, which has two merits over relaying in JavaScript: no byte costs CPU or memory here,
 * and back pressure is the connections' own. kubectl speaks no credits, so a relay could only pile up its bytes.
 *
 * This file knows the rules; `../stream-session.ts` makes the Responses.
 */
import { failure } from '../../kube/machinery/status.ts';
import {
  AGENT_STREAM_SUBPROTOCOL,
  CHANNEL,
  HTTP_SUBPROTOCOL,
  type Introduction,
  LOG_SUBPROTOCOL,
  STREAM_MEET_TIMEOUT,
  type StreamControl,
} from '../../wire/stream.ts';

/** An end of a pair. It must not have been accepted when it is handed out. */
export interface End {
  accept(): void;
  send(data: string | ArrayBuffer | ArrayBufferView): void;
  close(code?: number, reason?: string): void;
}

export interface SessionPorts<E extends End> {
  /** `new WebSocketPair()`: messages sent into one come out of the other. */
  pair(): readonly [client: E, agent: E];
  /** `setTimeout`. */
  after(milliseconds: number, run: () => void): void;
}

export type Admitted<E extends End> =
  /** Answer 101 with this end and subprotocol. */
  { ok: true; end: E; protocol: string } | { ok: false; code: number; message: string };

const MAX_WAITING = 2;

export class Session<E extends End> {
  readonly #ports: SessionPorts<E>;
  readonly #pair: readonly [client: E, agent: E];
  #introduction: Introduction | undefined;
  #agentCame = false;
  /** Agents that were faster than the client, whose request brings the ticket. */
  #waiting: { ticket: string; admit(admitted: Admitted<E>): void }[] = [];

  constructor(ports: SessionPorts<E>) {
    this.#ports = ports;
    this.#pair = ports.pair();
  }

  /** The client's end. `introduction` comes from the Worker, which had it from the cluster object: it is trusted. */
  client(introduction: Introduction): Admitted<E> {
    if (this.#introduction) return { ok: false, code: 409, message: 'this stream session has a client already' };
    this.#introduction = introduction;
    for (const agent of this.#waiting.splice(0)) agent.admit(this.#admit(agent.ticket, introduction));
    this.#ports.after(STREAM_MEET_TIMEOUT, () => {
      if (!this.#agentCame) this.#fail(introduction);
    });
    return { ok: true, end: this.#pair[0], protocol: introduction.protocol };
  }

  /** The agent's end; it may come before the client, and then waits. */
  agent(ticket: string): Promise<Admitted<E>> {
    if (this.#introduction) return Promise.resolve(this.#admit(ticket, this.#introduction));
    // The edge lets through the ticket's one node only; it need not wait twice.
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.resolve({ ok: false, code: 429, message: 'agents wait for this stream session already' });
    }
    return new Promise((admit) => {
      const waiting = { ticket, admit };
      this.#waiting.push(waiting);
      this.#ports.after(STREAM_MEET_TIMEOUT, () => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        admit({ ok: false, code: 410, message: 'no client came' });
      });
    });
  }

  #admit(ticket: string, introduction: Introduction): Admitted<E> {
    if (ticket !== introduction.ticket)
      return { ok: false, code: 403, message: 'wrong ticket for this stream session' };
    if (this.#agentCame) return { ok: false, code: 410, message: 'this ticket has been used' };
    this.#agentCame = true;
    return { ok: true, end: this.#pair[1], protocol: AGENT_STREAM_SUBPROTOCOL };
  }

  /** Sends the error for an agent that never came, in the words of the protocol. */
  #fail(introduction: Introduction): void {
    this.#agentCame = true;
    const end = this.#pair[1];
    const seconds = STREAM_MEET_TIMEOUT / 1000;
    const why = `error dialing backend: the node did not open the stream within ${seconds} seconds`;
    const status = failure('InternalError', why);
    end.accept();
    const isControlled = introduction.protocol === LOG_SUBPROTOCOL || introduction.protocol === HTTP_SUBPROTOCOL;
    if (isControlled) {
      end.send(JSON.stringify({ type: 'fail', status } satisfies StreamControl));
    } else if (introduction.kind === 'exec' || introduction.kind === 'attach') {
      const text = new TextEncoder().encode(JSON.stringify(status));
      const frame = new Uint8Array(text.length + 1);
      frame[0] = CHANNEL.error;
      frame.set(text, 1);
      end.send(frame);
    }
    end.close(1011, 'the node did not open the stream');
  }
}
