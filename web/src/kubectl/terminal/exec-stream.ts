/** `exec` and `attach` over a WebSocket, as Kubernetes' API speaks it (`v5.channel.k8s.io`). */
import { CHANNEL, EXEC_SUBPROTOCOLS } from '../../../../wire/stream.ts';
import type { Api, Stream, StreamEnd } from '../ports.ts';

/** `url`: `wss://…` and `path`. Resolves when the process has ended or the connection has. */
export function openStream(api: Api, url: string, path: string, stream: Stream): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, [...EXEC_SUBPROTOCOLS]);
    socket.binaryType = 'arraybuffer';
    let end: StreamEnd | undefined;
    let isOpen = false;
    const send = (channel: number, bytes: Uint8Array): void => {
      if (socket.readyState !== WebSocket.OPEN) return;
      const frame = new Uint8Array(bytes.length + 1);
      frame[0] = channel;
      frame.set(bytes, 1);
      socket.send(frame);
    };
    const resize = (): void => {
      const size = stream.size?.();
      if (size)
        send(CHANNEL.resize, new TextEncoder().encode(JSON.stringify({ Width: size.width, Height: size.height })));
    };
    const stopResizing = stream.onResize?.(resize);
    const aborted = (): void => socket.close(1000);
    stream.signal.addEventListener('abort', aborted, { once: true });
    socket.onopen = () => {
      isOpen = true;
      resize();
      if (stream.input) void pump(stream.input, send);
    };
    socket.onmessage = ({ data }) => {
      const bytes = new Uint8Array(data as ArrayBuffer);
      const body = bytes.subarray(1);
      if (bytes[0] === CHANNEL.stdout) stream.output(body);
      else if (bytes[0] === CHANNEL.stderr) stream.error(body);
      else if (bytes[0] === CHANNEL.error) end = JSON.parse(new TextDecoder().decode(body)) as StreamEnd;
    };
    socket.onclose = () => {
      stopResizing?.();
      stream.signal.removeEventListener('abort', aborted);
      if (stream.signal.aborted) resolve({ status: 'Success' });
      else if (end || isOpen) resolve(end ?? { status: 'Failure', message: 'the connection broke' });
      else resolve(whyNot(api, path));
    };
  });
}

/** A WebSocket that does not open carries no reason: the question is asked again in a way that is answered. */
async function whyNot(api: Api, path: string): Promise<StreamEnd> {
  const failed = { status: 'Failure', message: 'the stream did not open' };
  try {
    const answer = await api.fetch(path, { method: 'GET' });
    const status = (await answer.json()) as StreamEnd;
    return status.message && !/upgrade request required/i.test(status.message) ? { ...status, refused: true } : failed;
  } catch {
    return failed;
  }
}

async function pump(
  input: AsyncIterable<Uint8Array>,
  send: (channel: number, bytes: Uint8Array) => void,
): Promise<void> {
  for await (const bytes of input) send(CHANNEL.stdin, bytes);
  send(CHANNEL.close, new Uint8Array([CHANNEL.stdin]));
}
