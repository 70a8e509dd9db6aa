/** port-forward: kubectl's SPDY bytes go to the runtime as they are, and back. */
import type { ClientSocket } from './remote-command.ts';
import { upgradeToSpdy } from './upgrade.ts';

const HIGH_WATER = 512 * 1024;

export async function servePortForward(client: ClientSocket, url: string): Promise<void> {
  const { socket, head } = await upgradeToSpdy(url, 'portforward.k8s.io');
  await new Promise<void>((resolve) => {
    const toClient = (chunk: Buffer) => {
      client.send(chunk, () => {
        if (client.bufferedAmount < HIGH_WATER) socket.resume();
      });
      if (client.bufferedAmount >= HIGH_WATER) socket.pause();
    };
    client.on('message', (data) => {
      if (!socket.write(data)) client.pause();
    });
    client.on('close', () => socket.destroy());
    socket.on('drain', () => client.resume());
    socket.on('data', toClient);
    socket.on('error', () => {});
    socket.on('close', () => {
      client.close(1000);
      resolve();
    });
    if (head.length > 0) toClient(head);
    client.resume();
  });
}
