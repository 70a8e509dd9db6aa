import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';

export function closeQuietly(socket: CfWebSocket): void {
  try {
    socket.close(1000);
  } catch {
    // The socket was closed already.
  }
}
