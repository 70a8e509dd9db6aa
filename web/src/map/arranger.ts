/**
 * Lays out in a Worker: 500 boxes take most of a second, in which the page goes on. The Worker's code is this file itself,
 * which the build puts into a file of its own because it is imported when it is needed.
 */
import { type Arranged, arrange, type Structure } from './layout.ts';

interface Request extends Structure {
  aspect: number;
  /** Earlier places are of no account. */
  anew: boolean;
}

type Answer = Omit<Arranged, 'parts'>;

interface WorkerScope {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(answer: Answer | { failed: string }): void;
}

/** One after the other: what is asked meanwhile waits, and only the last of it is done. */
export class Arranger {
  readonly #worker = new Worker(import.meta.url, { type: 'module' });
  #busy = false;
  #next: { request: Request; done: (answer: Answer) => void } | undefined;
  #done: ((answer: Answer) => void) | undefined;
  readonly #failed: (message: string) => void;

  constructor(failed: (message: string) => void) {
    this.#failed = failed;
    this.#worker.onmessage = ({ data }: MessageEvent<Answer | { failed: string }>) => {
      this.#busy = false;
      if ('failed' in data) this.#failed(data.failed);
      else this.#done?.(data);
      this.#go();
    };
    this.#worker.onerror = ({ message }) => this.#failed(message);
  }

  arrange(request: Request, done: (answer: Answer) => void): void {
    // Earlier places are forgotten also where a later question goes in its place.
    this.#next = { request: { ...request, anew: request.anew || (this.#next?.request.anew ?? false) }, done };
    this.#go();
  }

  close(): void {
    this.#worker.terminate();
  }

  #go(): void {
    if (this.#busy || !this.#next) return;
    const { request, done } = this.#next;
    this.#next = undefined;
    this.#busy = true;
    this.#done = done;
    this.#worker.postMessage(request);
  }
}

if (typeof document === 'undefined' && typeof self !== 'undefined') {
  const scope = self as unknown as WorkerScope;
  let before: Arranged | undefined;
  scope.onmessage = ({ data }) => {
    try {
      const { parts, ...answer } = arrange(data, data.aspect, data.anew ? undefined : before);
      before = { parts, ...answer };
      scope.postMessage(answer);
    } catch (error) {
      scope.postMessage({ failed: (error as Error).message });
    }
  };
}
