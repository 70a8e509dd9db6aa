/** A client on the cluster's own socket, as the dashboard and agents have one. */
import WebSocket from 'ws';
import type { Endpoint } from '../../cli/local/client.ts';
import { decodeServerFrame, SUBPROTOCOL } from '../../wire/socket.ts';

export class Client {
  /** The number of frames that came. */
  frames = 0;
  closed: [code: number, reason: string] | undefined;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      this.closed = [code, String(reason)];
    });
    socket.on('message', (frame: Buffer) => {
      const decoded = decodeServerFrame(String(frame));
      if (decoded.type !== 'message' || decoded.message.type !== 'mark') this.frames++;
      else this.sendText(JSON.stringify({ type: 'credit', mark: decoded.message.mark }));
    });
  }

  static async open({ server, ca, token }: Endpoint, more: Record<string, string> = {}): Promise<Client> {
    const headers = { authorization: `Bearer ${token}`, ...more };
    const url = `${server.replace('https', 'wss')}/islet/v1/socket`;
    const socket = new WebSocket(url, SUBPROTOCOL, { ca, headers, perMessageDeflate: false });
    const client = new Client(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** The cluster has said that it closes; the connection may stay for some seconds. */
  get isClosing(): boolean {
    return this.#socket.readyState >= WebSocket.CLOSING;
  }

  subscribe(id: number, path: string): void {
    this.sendText(JSON.stringify({ type: 'subscribe', id, path }));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }
}
