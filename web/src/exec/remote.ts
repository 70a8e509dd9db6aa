/** One connection of a terminal to a container. What ends it, and why, is told once. */
import { type Api, ApiError } from '../api/request.ts';
import { type CommandEnd, readFrame, resizeFrame, SUBPROTOCOLS } from './channels.ts';

export type RemoteEnd =
  | CommandEnd
  /** The connection broke, or was not made for a reason that passes. */
  | { ended: 'cut' }
  /** The server says no. */
  | { ended: 'refused'; code: number; message: string };

export interface RemoteEvents {
  opened(): void;
  output(data: Uint8Array): void;
  ended(end: RemoteEnd): void;
}

export interface Remote {
  send(frame: Uint8Array<ArrayBuffer>): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

export function openRemote(api: Api, path: string, socket: WebSocket, events: RemoteEvents): Remote {
  let isOver = false;
  let isOpen = false;
  const end = (how: RemoteEnd): void => {
    if (isOver) return;
    isOver = true;
    socket.close();
    events.ended(how);
  };
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    isOpen = true;
    events.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const frame = readFrame(new Uint8Array(data));
    if (frame.kind === 'output') events.output(frame.data);
    else if (frame.kind === 'end') end(frame.end);
  };
  socket.onclose = () => {
    if (isOver) return;
    if (isOpen) end({ ended: 'cut' });
    else void whyRefused(api, path).then(end);
  };
  const send = (frame: Uint8Array<ArrayBuffer>): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(frame);
  };
  return {
    send,
    resize: (columns, rows) => send(resizeFrame(columns, rows)),
    close: () => {
      isOver = true;
      socket.close();
    },
  };
}

export function socketTo(base: string, path: string): WebSocket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new WebSocket(`${scheme}://${location.host}${base}${path}`, SUBPROTOCOLS);
}

/** A WebSocket that does not open carries no reason: the question is asked again in a way that is answered. */
async function whyRefused(api: Api, path: string): Promise<RemoteEnd> {
  try {
    await api.request('GET', path);
    return { ended: 'cut' };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, message } = error;
    // Nothing is wrong but that this was no WebSocket; or the service, or the node, is away for a while.
    const passes = /upgrade request required/i.test(message) || code === 0 || (code >= 500 && code !== 501);
    return passes ? { ended: 'cut' } : { ended: 'refused', code, message };
  }
}
