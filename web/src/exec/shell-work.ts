/** A terminal's connections, one after the other: comes back by itself after a cut, and ends when the command does. */
import { signal } from '@preact/signals';
import type { Api } from '../api/request.ts';
import { openRemote, type Remote, type RemoteEnd } from './remote.ts';

export type ShellState = { state: 'connecting' | 'open' | 'cut' } | { state: 'over'; end: RemoteEnd };

/** The part of a terminal that is used. */
export interface Screen {
  readonly cols: number;
  readonly rows: number;
  write(data: Uint8Array | string): void;
}

export interface ShellPorts {
  api: Api;
  path: string;
  socket(): WebSocket;
  screen: Screen;
  /** The line that is written when a later connection is there. */
  again(): string;
  later(milliseconds: number, run: () => void): () => void;
}

const RETRY_MS = [300, 1_000, 2_000, 5_000];

export class ShellWork {
  readonly state = signal<ShellState>({ state: 'connecting' });
  readonly #ports: ShellPorts;
  #remote: Remote | undefined;
  #cancel: (() => void) | undefined;
  #failures = 0;
  #isLater = false;

  constructor(ports: ShellPorts) {
    this.#ports = ports;
    this.#open();
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#remote?.send(frame);
  }

  resize(): void {
    const { cols, rows } = this.#ports.screen;
    this.#remote?.resize(cols, rows);
  }

  /** A new one after the end. */
  restart(): void {
    this.close();
    this.#isLater = false;
    this.state.value = { state: 'connecting' };
    this.#open();
  }

  close(): void {
    this.#cancel?.();
    this.#remote?.close();
    this.#remote = undefined;
  }

  #open(): void {
    const { api, path, socket, screen, again, later } = this.#ports;
    this.#remote = openRemote(api, path, socket(), {
      opened: () => {
        this.#failures = 0;
        this.state.value = { state: 'open' };
        this.resize();
        if (this.#isLater) screen.write(`\r\n${again()}\r\n`);
        this.#isLater = true;
      },
      output: (data) => screen.write(data),
      ended: (end) => {
        this.#remote = undefined;
        if (end.ended !== 'cut') {
          this.state.value = { state: 'over', end };
          return;
        }
        this.state.value = { state: 'cut' };
        const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] as number;
        this.#cancel = later(wait, () => this.#open());
      },
    });
  }
}
