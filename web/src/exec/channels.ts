/** The frames of exec and attach (`v5.channel.k8s.io`, `v4.channel.k8s.io`): a byte that names the channel, then data. */
import { CHANNEL, EXEC_SUBPROTOCOLS } from '../../../wire/stream.ts';

/** Best first. */
export const SUBPROTOCOLS: string[] = [...EXEC_SUBPROTOCOLS];

export type Frame = { kind: 'output'; data: Uint8Array } | { kind: 'end'; end: CommandEnd } | { kind: 'nothing' };

export type CommandEnd =
  | { ended: 'success' }
  | { ended: 'exit'; code: number }
  /** It did not run, or not to its end. */
  | { ended: 'failure'; message: string };

export function readFrame(frame: Uint8Array): Frame {
  const [channel] = frame;
  const data = frame.subarray(1);
  if (channel === CHANNEL.error) return { kind: 'end', end: endOf(new TextDecoder().decode(data)) };
  if ((channel === CHANNEL.stdout || channel === CHANNEL.stderr) && data.length > 0) return { kind: 'output', data };
  return { kind: 'nothing' };
}

interface Status {
  status?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

function endOf(text: string): CommandEnd {
  let status: Status;
  try {
    status = JSON.parse(text) as Status;
  } catch {
    return { ended: 'failure', message: text };
  }
  if (status.status === 'Success') return { ended: 'success' };
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined) return { ended: 'exit', code: Number(code) };
  return { ended: 'failure', message: status.message ?? text };
}

const encoder = new TextEncoder();

export function stdinFrame(text: string): Uint8Array<ArrayBuffer> {
  return frameOf(CHANNEL.stdin, encoder.encode(text));
}

/** A report of the mouse, which xterm gives as a string of bytes. */
export function binaryFrame(text: string): Uint8Array<ArrayBuffer> {
  return frameOf(
    CHANNEL.stdin,
    Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
  );
}

export function resizeFrame(columns: number, rows: number): Uint8Array<ArrayBuffer> {
  return frameOf(CHANNEL.resize, encoder.encode(JSON.stringify({ Width: columns, Height: rows })));
}

function frameOf(channel: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(data.length + 1);
  frame[0] = channel;
  frame.set(data, 1);
  return frame;
}
