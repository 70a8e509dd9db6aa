/**
 * Reads a text in a Worker: 10 MB of YAML take seconds, in which the page goes on. The Worker's code is this file itself,
 * which the build puts into a file of its own because it is imported when it is needed.
 */
import { type ReadText, readText } from './read.ts';

interface WorkerScope {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(answer: ReadText | { failed: string }): void;
}

export function readInWorker(text: string, signal: AbortSignal): Promise<ReadText> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.url, { type: 'module' });
    const stop = (): void => worker.terminate();
    signal.addEventListener('abort', stop);
    worker.onmessage = ({ data }: MessageEvent<ReadText | { failed: string }>) => {
      stop();
      if ('failed' in data) reject(new Error(data.failed));
      else resolve(data);
    };
    worker.onerror = ({ message }) => {
      stop();
      reject(new Error(message));
    };
    worker.postMessage(text);
  });
}

if (typeof document === 'undefined' && typeof self !== 'undefined') {
  const scope = self as unknown as WorkerScope;
  scope.onmessage = ({ data }) => {
    try {
      scope.postMessage(readText(data));
    } catch (error) {
      scope.postMessage({ failed: (error as Error).message });
    }
  };
}
