/**
 * port-forward: SPDY on the client's WebSocket, and a connection of the runtime for each pair of streams that the
 * client opens (kubelet `cri-streaming/portforward/httpstream.go`).
 */
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Clock, systemClock } from '../clock.ts';
import { SpdyConnection, type SpdyStream } from '../spdy/connection.ts';

export interface PortForwardTarget {
  pod: string;
  uid: string;
  connect(port: number): Promise<Duplex>;
}

/** Milliseconds that a stream waits for the other of its pair (`httpstream.go`, streamCreationTimeout). */
const PAIR_TIMEOUT = 30_000;

export function servePortForward(
  client: Duplex,
  target: PortForwardTarget,
  clock: Pick<Clock, 'after'> = systemClock,
): Promise<void> {
  const pairs = new Map<string, Partial<Record<StreamType, SpdyStream>>>();
  /** By the request of a stream that waits for its other: ends the waiting. */
  const waits = new Map<string, () => void>();
  const connection = new SpdyConnection(client, (headers, stream) => {
    const port = Number(headers.get('port'));
    const type = headers.get('streamtype');
    if (!isStreamType(type) || !Number.isInteger(port) || port <= 0) {
      stream.destroy();
      return;
    }
    const request = headers.get('requestid') ?? String(port);
    const pair = { ...pairs.get(request), [type]: stream };
    pairs.set(request, pair);
    if (!pair.data || !pair.error) {
      const cancel = clock.after(PAIR_TIMEOUT, () => stream.destroy());
      const end = () => {
        cancel();
        stream.off('close', end);
        if (waits.get(request) !== end) return;
        pairs.delete(request);
        waits.delete(request);
      };
      waits.set(request, end);
      // The client closes one that it does not use after all.
      stream.once('close', end);
      return;
    }
    waits.get(request)?.();
    void forward(port, pair.data, pair.error, target);
  });
  return connection.closed;
}

type StreamType = 'data' | 'error';
const isStreamType = (text: string | undefined): text is StreamType => text === 'data' || text === 'error';

async function forward(port: number, data: SpdyStream, error: SpdyStream, target: PortForwardTarget): Promise<void> {
  try {
    const connection = await target.connect(port);
    await pipeline(data, connection, data);
  } catch (failure) {
    const why = (failure as Error).message;
    error.write(`error forwarding port ${port} to pod ${target.pod}, uid ${target.uid}: ${why}`);
    data.destroy();
  }
  error.end();
}
