/**
 * exec and attach: kubectl's channels on a WebSocket on one side, the runtime's streams on the other. A side that reads
 * slowly stops the other one, so nothing piles up in between.
 */
import type { Readable } from 'node:stream';
import { CHANNEL } from '../../wire/stream.ts';
import type { CommandEnd, CommandStreams } from '../runtimes/runtime.ts';
import { failureStatus } from './status.ts';

/** The part of a WebSocket (`ws`) that is used. */
export interface ClientSocket {
  readonly bufferedAmount: number;
  send(data: Uint8Array | string, done?: (error?: Error) => void): void;
  close(code?: number, reason?: string): void;
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
}

/** Bytes that may wait in the WebSocket before the runtime's side is told to wait. */
const HIGH_WATER = 512 * 1024;

export async function serveRemoteCommand(client: ClientSocket, streams: CommandStreams): Promise<void> {
  const { stdin, stdout, stderr } = streams;
  // A command may end, or close its input, before it has read that: what comes is then dropped, and the end is seen.
  for (const event of ['drain', 'error', 'finish', 'close']) stdin?.on(event, () => client.resume());
  client.on('message', (data) => fromClient(data, client, streams));
  client.resume();
  const sent = [toClient(stdout, CHANNEL.stdout, client), toClient(stderr, CHANNEL.stderr, client)];
  try {
    const end = await streams.ended;
    await Promise.all(sent);
    client.send(channelFrame(CHANNEL.error, Buffer.from(JSON.stringify(statusOf(end)))));
    client.close(1000);
  } catch {
    client.close(1011, "the runtime's connection broke");
  }
}

function fromClient(data: Buffer, client: ClientSocket, { stdin, resize }: CommandStreams): void {
  const [channel] = data;
  if (channel === CHANNEL.close) {
    if (data[1] === CHANNEL.stdin) stdin?.end();
    return;
  }
  // An empty frame on each channel is how clients of v4 say hello.
  if (data.length === 1) return;
  if (channel === CHANNEL.stdin && stdin?.writable) {
    if (!stdin.write(data.subarray(1))) client.pause();
  } else if (channel === CHANNEL.resize) {
    const size = sizeOf(data.toString('utf8', 1));
    if (size) resize(size.Width, size.Height);
  }
}

function sizeOf(text: string): { Width: number; Height: number } | undefined {
  try {
    const size = JSON.parse(text) as { Width: number; Height: number };
    return size.Width > 0 && size.Height > 0 ? size : undefined;
  } catch {
    return undefined;
  }
}

async function toClient(source: Readable | undefined, channel: number, client: ClientSocket): Promise<void> {
  if (!source) return;
  try {
    for await (const data of source) {
      const written = new Promise<void>((resolve) =>
        client.send(channelFrame(channel, data as Buffer), () => resolve()),
      );
      if (client.bufferedAmount >= HIGH_WATER) await written;
    }
  } catch {
    // The command's end carries the cause of a broken connection.
  }
}

const channelFrame = (channel: number, data: Buffer): Buffer => Buffer.concat([Buffer.of(channel), data]);

/** As a client of remotecommand v4 wants it (`remotecommand/exec.go`, ServeExec). */
function statusOf({ exitCode, message }: CommandEnd): unknown {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  if (exitCode === undefined) return failureStatus(new Error(message.replace(/^Internal error occurred: /, '')));
  return {
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}
