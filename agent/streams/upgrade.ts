/** An HTTP upgrade to the runtime's streaming server: from then on the connection carries SPDY. */
import { request } from 'node:http';
import type { Socket } from 'node:net';

export function upgradeToSpdy(url: string, protocol: string): Promise<{ socket: Socket; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: 'POST',
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocol },
    });
    asked.on('upgrade', (_response, socket, head) => resolve({ socket: readToTheEnd(socket as Socket), head }));
    asked.on('response', (response) => {
      response.resume();
      reject(new Error(`the runtime refused to stream: ${response.statusCode} ${response.statusMessage}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Milliseconds. What was said before the connection broke has come by then. */
const QUIET = 50;

/**
 * A command that ends before it has read its input: the runtime says how it ended and closes, and what is still written
 * to it fails. Node would throw away with the connection what has come and was not read yet: the exit code.
 */
function readToTheEnd(socket: Socket): Socket {
  const destroy = socket.destroy.bind(socket);
  const whenQuiet = (error: Error): void => {
    const heard = socket.bytesRead;
    setTimeout(() => {
      if (socket.isPaused() || socket.bytesRead > heard) whenQuiet(error);
      else destroy(error);
    }, QUIET).unref();
  };
  socket.destroy = (error?: Error) => {
    if ((error as NodeJS.ErrnoException | undefined)?.syscall !== 'write') return destroy(error);
    whenQuiet(error as Error);
    return socket;
  };
  return socket;
}
