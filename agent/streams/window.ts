/** Sends a log or an answer: at most {@link STREAM_WINDOW} bytes beyond those that the reader has acknowledged. */
import WebSocket from 'ws';
import { STREAM_WINDOW, type StreamControl } from '../../wire/stream.ts';

export class Window {
  readonly #socket: WebSocket;
  #left = STREAM_WINDOW;
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, binary) => {
      if (binary) return;
      this.#left += creditOf(String(data));
      this.#wake?.();
    });
    socket.on('close', () => this.#wake?.());
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  async write(data: Buffer): Promise<void> {
    this.#left -= data.length;
    this.#socket.send(data);
    while (this.#left <= 0 && this.isOpen) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** undefined for a frame that cannot be read: it must not end the agent. */
export function controlOf(text: string): StreamControl | undefined {
  try {
    return (JSON.parse(text) as StreamControl | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function creditOf(text: string): number {
  const control = controlOf(text);
  return control?.type === 'credit' && control.bytes > 0 ? control.bytes : 0;
}
