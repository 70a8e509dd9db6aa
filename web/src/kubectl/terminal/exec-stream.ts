/** `exec` and `attach` over a WebSocket, as Kubernetes' API speaks it (`v5.channel.k8s.io`). */
import type { Stream, StreamEnd } from '../ports.ts';

const PROTOCOL = 'v5.channel.k8s.io';
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

/** `url`: `wss://…/exec?…`. Resolves when the process has ended or the connection has. */
export function openStream(url: string, stream: Stream): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, [PROTOCOL]);
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
      if (size) send(RESIZE, new TextEncoder().encode(JSON.stringify({ Width: size.width, Height: size.height })));
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
      if (bytes[0] === STDOUT) stream.output(body);
      else if (bytes[0] === STDERR) stream.error(body);
      else if (bytes[0] === ERROR) end = JSON.parse(new TextDecoder().decode(body)) as StreamEnd;
    };
    socket.onclose = () => {
      stopResizing?.();
      stream.signal.removeEventListener('abort', aborted);
      const lost = isOpen ? 'the connection broke' : 'the stream did not open';
      resolve(end ?? (stream.signal.aborted ? { status: 'Success' } : { status: 'Failure', message: lost }));
    };
  });
}

async function pump(
  input: AsyncIterable<Uint8Array>,
  send: (channel: number, bytes: Uint8Array) => void,
): Promise<void> {
  for await (const bytes of input) send(STDIN, bytes);
  send(CLOSE, new Uint8Array([STDIN]));
}
