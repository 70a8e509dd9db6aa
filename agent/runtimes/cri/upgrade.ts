/** An HTTP upgrade to the runtime's streaming server: from then on the connection carries SPDY. */
import { request } from 'node:http';
import { Socket } from 'node:net';

/** The signal ends the request, and the connection that came of it. */
export function upgradeToSpdy(url: string, protocol: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: 'POST',
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocol },
      signal,
      createConnection: ({ host, port }) => new ReadableToTheEnd().connect(Number(port), host ?? 'localhost'),
    });
    asked.on('upgrade', (_response, socket: Socket, head) => {
      if (head.length > 0) socket.unshift(head);
      const abort = () => socket.destroy();
      signal.addEventListener('abort', abort);
      socket.once('close', () => signal.removeEventListener('abort', abort));
      if (signal.aborted) abort();
      resolve(socket);
    });
    asked.on('response', (response) => {
      response.resume();
      reject(new Error(`the runtime refused to stream: ${response.statusCode} ${response.statusMessage}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

type Written = (error?: Error | null) => void;

/**
 * A command may end before it has read its input: then the runtime says how it ended and closes, and what is still
 * written fails. A stream that fails is destroyed, and what has come and was not read yet, the exit code, would be lost
 * with it. So a write that fails is dropped; reading tells the end.
 */
class ReadableToTheEnd extends Socket {
  override _write(chunk: unknown, encoding: BufferEncoding, done: Written): void {
    super._write(chunk, encoding, () => done());
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Written): void {
    super._writev?.(chunks, () => done());
  }
}
