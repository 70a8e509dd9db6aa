/** An HTTP upgrade to the runtime's streaming server: from then on the connection carries SPDY. */
import { request } from 'node:http';
import type { Socket } from 'node:net';

export function upgradeToSpdy(url: string, protocol: string): Promise<{ socket: Socket; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: 'POST',
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocol },
    });
    asked.on('upgrade', (_response, socket, head) => resolve({ socket: socket as Socket, head }));
    asked.on('response', (response) => {
      response.resume();
      reject(new Error(`the runtime refused to stream: ${response.statusCode} ${response.statusMessage}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}
