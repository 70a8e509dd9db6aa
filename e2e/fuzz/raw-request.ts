/** A request as bytes, which no client library has put right. */
import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** Milliseconds in which an answer must begin. */
const PATIENCE = 20_000;

/** The status of the answer; 0 where the connection was closed without one. Throws where neither comes in time. */
export async function rawRequest(at: ConnectionOptions, text: string): Promise<number> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const dialled = connect({ ...at, servername: '' });
    dialled.once('secureConnect', () => resolve(dialled)).once('error', reject);
  });
  try {
    socket.end(text);
    const [chunk] = (await Promise.race([
      once(socket, 'data'),
      once(socket, 'close').then(() => ['']),
      once(socket, 'error').then(() => ['']),
      once(socket.setTimeout(PATIENCE), 'timeout').then(() => [undefined]),
    ])) as [Buffer | '' | undefined];
    if (chunk === undefined) throw new Error(`no answer within ${PATIENCE} ms`);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1] ?? 0);
  } finally {
    socket.destroy();
  }
}
