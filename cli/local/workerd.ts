/** Runs workerd, and ends it: quickly, whatever is connected to it. */
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { spawnTied } from './tied-process.ts';
import { fail } from './user-error.ts';

/** SIGTERM lets workerd finish what is under way, and a watch never is finished. */
const GRACE_MS = 300;
const START_MS = 20_000;

export interface Workerd {
  /** Ports by socket name. */
  ports: Readonly<Record<string, number>>;
  pid: number;
  /** Resolves when it has ended, by itself or not. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
}

export interface WorkerdRun {
  config: string;
  sockets: readonly string[];
  env: Record<string, string>;
  log(line: string): void;
  /** Told before it listens. */
  spawned?(pid: number): void;
}

/** Resolves when it listens on every socket. */
export async function startWorkerd({ config, sockets, env, log, spawned }: WorkerdRun): Promise<Workerd> {
  const child = spawnTied(workerdBinary(), ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '', ...env },
  });
  if (child.pid !== undefined) spawned?.(child.pid);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const complaints: string[] = [];
  for (const stream of [child.stdout, child.stderr] as Readable[]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (complaints.length < 20) complaints.push(line);
      log(line);
    });
  }
  const ports = await listening(child, sockets, ended, complaints);
  return { ports, pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
}

/** The package knows where its binary is, also where npm ran no install scripts. */
function workerdBinary(): string {
  return (createRequire(import.meta.url)('workerd') as { default: string }).default;
}

function listening(
  child: ChildProcess,
  sockets: readonly string[],
  ended: Promise<unknown>,
  complaints: readonly string[],
): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    const ports: Record<string, number> = {};
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('workerd did not start in time'));
    }, START_MS);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    child.once('error', (error) => settle(() => reject(error)));
    createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
      const message = JSON.parse(line) as { event: string; socket?: string; port?: number };
      if (message.event !== 'listen' || !message.socket || !message.port) return;
      ports[message.socket] = message.port;
      if (sockets.every((name) => name in ports)) settle(() => resolve(ports));
    });
    void ended.then(() => settle(() => reject(startFailure(complaints))));
  });
}

function startFailure(complaints: readonly string[]): Error {
  const text = complaints.join('\n');
  if (/Address already in use/i.test(text)) {
    try {
      fail('the port is in use: choose another with --port N');
    } catch (error) {
      return error as Error;
    }
  }
  return new Error(`workerd ended while starting:\n${text}`);
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(timer);
}
