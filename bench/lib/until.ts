import type { KubeObject } from '../../kube/machinery/object.ts';
import { call } from './http.ts';
import type { Target } from './target.ts';

const LIMIT_MS = 600_000;
const BETWEEN_MS = 25;

/** An object, or a list. */
export interface Looked extends KubeObject {
  spec?: { replicas?: number };
  status?: Record<string, number>;
  items?: { status?: { conditions?: { type: string; status: string }[] } }[];
}

/** Asks again until the answer is as it shall be. `betweenMs` leaves a server room where the answer is long. */
export async function until(
  target: Target,
  path: string,
  done: (answer: Looked) => boolean,
  betweenMs = BETWEEN_MS,
): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    const { status, text } = await call(target, 'GET', path);
    if (status === 200 && done(JSON.parse(text) as Looked)) return;
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
  throw new Error(`${target.name}: not done after ${LIMIT_MS / 1000} s: ${path}`);
}
