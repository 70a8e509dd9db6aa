/** The ports of kubectl in the page: the cluster over the page's own session, and the browser's storage. */
import type { Cluster } from '../../api/cluster.ts';
import { kept } from '../../api/kept.ts';
import { service } from '../../api/session.ts';
import type { Config, World } from '../ports.ts';
import type { History } from './console.ts';
import { forgetFiles, keptFiles } from './kept-files.ts';

/** `setTimeout` takes no more. */
const LONGEST = 2 ** 31 - 1;

export function worldOf({ base, ref }: Cluster, namespace: string): World {
  const config: Config = {
    context: ref.name,
    cluster: ref.name,
    user: ref.name,
    server: `${location.origin}${base}`,
    namespace,
  };
  return {
    api: { fetch: (path, init) => fetch(`${base}${path}`, init) },
    config,
    files: keptFiles(),
    // The page may load nothing from elsewhere, so the edge does.
    site: async (url) => (await service.get<{ text: string }>('/islet/v1/manifest', { query: { url } })).text,
    random: Math.random,
    clock: {
      now: () => Date.now(),
      sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const timer = window.setTimeout(resolve, Math.min(milliseconds, LONGEST));
          const stop = (): void => {
            window.clearTimeout(timer);
            resolve();
          };
          signal?.addEventListener('abort', stop, { once: true });
        }),
    },
  };
}

export function streamUrl({ base }: Cluster, path: string): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}${base}${path}`;
}

const KEPT = 500;

const lines = kept<readonly string[]>('terminal-history', linesOf, (value) => JSON.stringify(value));

function linesOf(text: string | null): readonly string[] {
  try {
    const value = JSON.parse(text ?? '[]') as unknown;
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Forgets the history, and the files: {@link forgetFiles}. A browser that keeps nothing has nothing to forget. */
export async function forget(): Promise<void> {
  lines.value = [];
  await forgetFiles().catch(() => {});
}

/** Of this browser, for all clusters. */
export const keptHistory: History = {
  lines: () => lines.value,
  add: (line) => {
    // A line that begins with a space is not kept, nor one that is repeated at once.
    if (line.startsWith(' ') || line === lines.value.at(-1)) return;
    lines.value = [...lines.value, line].slice(-KEPT);
  },
};
