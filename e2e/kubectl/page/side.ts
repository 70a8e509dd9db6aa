/** One side of a comparison: the real kubectl, or the page's, each on a cluster of its own. */
import { spawn } from 'node:child_process';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import { runKubectl } from '../../../web/src/kubectl/engine.ts';
import type { Api, Config, Files, StreamEnd, World } from '../../../web/src/kubectl/ports.ts';
import type { Outcome } from '../kubectl.ts';

export interface Target {
  server: string;
  token: string;
  ca: string;
}

export interface Side {
  run(words: readonly string[], input?: string): Promise<Outcome>;
}

/** The lines of a file are written where both sides find them. */
export class RealSide implements Side {
  readonly #path: string;
  readonly #folder: string;

  constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  async run(words: readonly string[], input?: string): Promise<Outcome> {
    const child = spawn(this.#path, words, {
      cwd: this.#folder,
      env: {
        PATH: process.env.PATH,
        HOME: this.#folder,
        KUBECONFIG: `${this.#folder}/config`,
        TZ: 'UTC',
        KUBE_EDITOR: 'sed -i s/nginx:1.27/nginx:1.28/',
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    // A command that does not read its input has ended before it comes.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
    return { code, stdout, stderr };
  }
}

export class PageSide implements Side {
  readonly #world: World;

  constructor(target: Target, config: Config, files: Map<string, string>) {
    this.#world = {
      api: apiOf(target),
      config,
      files: filesOf(files),
      random: Math.random,
      site: async (address) => (await fetch(address)).text(),
      clock: {
        now: () => Date.now(),
        sleep: (milliseconds, signal) =>
          new Promise((resolve) => {
            const timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 31 - 1));
            signal?.addEventListener('abort', () => {
              clearTimeout(timer);
              resolve();
            });
          }),
      },
    };
  }

  async run(words: readonly string[], input?: string): Promise<Outcome> {
    let [stdout, stderr] = ['', ''];
    const code = await runKubectl(words, this.#world, {
      out: (text) => (stdout += text),
      err: (text) => (stderr += text),
      stdin: input ?? '',
      signal: new AbortController().signal,
      // No container runs on simulated nodes: what is said of that is all there is to a stream.
      stream: async (path) => {
        const answer = await this.#world.api.fetch(path, { method: 'GET' });
        return { ...((await answer.json()) as StreamEnd), refused: true };
      },
      edit: async (text) => text.replaceAll('nginx:1.27', 'nginx:1.28'),
    });
    return { code, stdout, stderr };
  }
}

export function filesOf(files: Map<string, string>): Files {
  return {
    read: async (name) => files.get(name),
    write: async (name, text) => void files.set(name, text),
    remove: async (name) => files.delete(name),
    list: async () => [...files.keys()].sort(),
  };
}

/** A `fetch` that trusts the cluster's authority. */
export function apiOf({ server, token, ca }: Target): Api {
  const base = new URL(server);
  return {
    fetch: (path, init = {}) =>
      new Promise((resolve, reject) => {
        const headers: Record<string, string> = {
          ...(init.headers as Record<string, string>),
          Authorization: `Bearer ${token}`,
        };
        if (init.body) headers['Content-Length'] = String(Buffer.byteLength(init.body as string));
        const sent = request(
          {
            host: base.hostname,
            port: base.port,
            path: `${base.pathname}${path}`,
            method: init.method,
            headers,
            ca,
            signal: init.signal ?? undefined,
          },
          (answer) => {
            const kept = new Headers();
            for (const [name, value] of Object.entries(answer.headers)) kept.set(name, String(value));
            const body = Readable.toWeb(answer) as unknown as ReadableStream<Uint8Array>;
            resolve(new Response(body, { status: answer.statusCode, headers: kept }));
          },
        );
        sent.on('error', reject);
        sent.end(init.body as string | undefined);
      }),
  };
}
