/**
 * port-forward: SPDY on the client's WebSocket, and a connection of the runtime for each pair of streams that the client
 * opens (kubelet `cri-streaming/portforward/httpstream.go`).
 */
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SpdyConnection, type SpdyStream } from '../spdy/connection.ts';

export interface PortForwardTarget {
  pod: string;
  uid: string;
  connect(port: number): Promise<Duplex>;
}

export function servePortForward(client: Duplex, target: PortForwardTarget): Promise<void> {
  const pairs = new Map<string, Partial<Record<StreamType, SpdyStream>>>();
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
    // The client closes one that it does not use after all.
    stream.once('close', () => pairs.delete(request));
    if (!pair.data || !pair.error) return;
    pairs.delete(request);
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
