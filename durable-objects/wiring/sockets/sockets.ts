/**
 * The cluster's hibernating sockets. State of a socket that outlives the object's sleep is in its attachment and its
 * tags; its subscriptions are in the watch hub's table.
 */
import type { DurableObjectState, WebSocket } from '@cloudflare/workers-types';
import { type ClientMessage, encodeMessage, PING, PONG } from '../../../wire/socket.ts';
import type { Credential, UserInfo } from '../../apiserver/request.ts';
import type { Peer } from '../../store/watch-hub.ts';
import { addFrame, type Marks, takeMark } from './marks.ts';
import { pairOfSockets } from './runtime.ts';

interface Attachment {
  peer: string;
  credential: Credential;
  /** Subscriptions are authorised for this user. */
  user: UserInfo;
  /** Code units sent and not acknowledged, when they are many. */
  unacknowledged?: number;
  /** Absent for the watch bridge, which is the service's own. */
  marks?: Marks;
}

/** Code units of a user as JSON. The runtime keeps 16,384 bytes with a socket, and a code unit may be two. */
const MAX_USER = 6000;

const TOKEN_TAG = 'token:';
/** WebSocket close codes: going away; and of our own, that the token counts no longer. */
const GOING_AWAY = 1001;
export const TOKEN_ENDED = 4003;

export class Sockets {
  readonly #ctx: DurableObjectState;
  readonly #uuid: () => string;
  readonly #sent: (characters: number) => void;
  readonly #attachments = new WeakMap<WebSocket, Attachment>();

  /** `sent` is told of the characters of each frame. */
  constructor(ctx: DurableObjectState, uuid: () => string, sent: (characters: number) => void) {
    this.#ctx = ctx;
    this.#sent = sent;
    this.#uuid = uuid;
    const { WebSocketRequestResponsePair } = globalThis as unknown as {
      WebSocketRequestResponsePair: new (ask: string, answer: string) => never;
    };
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /**
   * Whether what must be known of the user can be kept with a socket. People have few groups; `--as-group` names any
   * number.
   */
  static canKeep(user: UserInfo): boolean {
    return JSON.stringify(user).length <= MAX_USER;
  }

  /** A new socket: the end that the client gets, and the peer that the hub sends to. */
  accept(
    credential: Credential,
    user: UserInfo,
    tags: readonly string[],
    marks?: Marks,
  ): { client: WebSocket; peer: Peer } {
    const [client, server] = pairOfSockets();
    const attachment: Attachment = { peer: this.#uuid(), credential, user, marks };
    // The attachment comes first: a socket that was accepted without one would be unknown after a wake.
    server.serializeAttachment(attachment);
    this.#ctx.acceptWebSocket(server, [TOKEN_TAG + credential.id, ...tags]);
    this.#attachments.set(server, attachment);
    return { client, peer: this.peer(server) };
  }

  peers(): Peer[] {
    return this.#ctx.getWebSockets().map((socket) => this.peer(socket));
  }

  peer(socket: WebSocket): Peer {
    const attachment = this.attachment(socket);
    return {
      id: attachment.peer,
      send: (frame) => {
        socket.send(frame);
        this.#sent(frame.length);
        const mark = attachment.marks && addFrame(attachment.marks, frame.length, this.#uuid);
        if (mark !== undefined) socket.send(encodeMessage({ type: 'mark', mark }));
      },
      close: (code, reason) => socket.close(code, reason),
      get unacknowledged() {
        return attachment.unacknowledged;
      },
      remember(unacknowledged) {
        attachment.unacknowledged = unacknowledged;
        socket.serializeAttachment(attachment);
      },
    };
  }

  attachment(socket: WebSocket): Readonly<Attachment> & Attachment {
    let attachment = this.#attachments.get(socket);
    if (!attachment) {
      attachment = socket.deserializeAttachment() as Attachment;
      this.#attachments.set(socket, attachment);
    }
    return attachment;
  }

  /** The code units that a client has read since it last said so. */
  read(socket: WebSocket, credit: ClientMessage & { type: 'credit' }): number {
    const { marks } = this.attachment(socket);
    if (!marks) return 'bytes' in credit ? credit.bytes : 0;
    return 'mark' in credit ? takeMark(marks, credit.mark) : 0;
  }

  tags(socket: WebSocket): string[] {
    return this.#ctx.getTags(socket);
  }

  /** Closes the sockets that were opened with this token. */
  closeToken(id: string, reason: string): void {
    for (const socket of this.#ctx.getWebSockets(TOKEN_TAG + id)) socket.close(TOKEN_ENDED, reason);
  }

  closeAll(reason: string): void {
    for (const socket of this.#ctx.getWebSockets()) socket.close(GOING_AWAY, reason);
  }
}
