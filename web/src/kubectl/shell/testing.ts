/** A world without a cluster, and what a shell says in it. */
import type { Io, World } from '../ports.ts';

export function testWorld(
  files: Record<string, string> = {},
  answer: (path: string, init?: RequestInit) => Response = notThere,
) {
  const kept = new Map(Object.entries(files));
  const world: World = {
    api: { fetch: async (path, init) => answer(path, init) },
    clock: { now: () => Date.parse('2026-01-01T00:00:00Z'), sleep: async () => {} },
    config: { context: 'test', cluster: 'test', user: 'test', server: 'https://test', namespace: '' },
    random: () => 0,
    site: async (address) => {
      throw new Error(`${address} does not answer`);
    },
    files: {
      read: async (name) => kept.get(name),
      write: async (name, text) => void kept.set(name, text),
      remove: async (name) => kept.delete(name),
      list: async () => [...kept.keys()].sort(),
    },
  };
  return { world, files: kept };
}

function notThere(): Response {
  return new Response('', { status: 404 });
}

export function testIo(): Io & { told: string; complained: string } {
  const io = {
    told: '',
    complained: '',
    out: (text: string) => {
      io.told += text;
    },
    err: (text: string) => {
      io.complained += text;
    },
    signal: new AbortController().signal,
  };
  return io;
}
