/** Runs workerd, and ends it: quickly, whatever is connected to it. */
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { spawnTied } from './tied-process.ts';
import { UserError } from './user-error.ts';

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
  /** A temporary folder, which goes with it where this process is killed. */
  removes?: string | undefined;
  /** It keeps this process from ending no longer than until it listens. */
  background?: boolean | undefined;
}

/** Resolves when it listens on every socket. */
export async function startWorkerd({ config, sockets, env, log, ...run }: WorkerdRun): Promise<Workerd> {
  const child = spawnTied(workerdBinary(), ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '', ...env },
    removes: run.removes,
  });
  if (child.pid !== undefined) run.spawned?.(child.pid);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // Until it listens, its lines are kept: they are the reason where it does not.
  let early: string[] | undefined = [];
  const printed = ([child.stdout, child.stderr] as Readable[]).map((stream) => {
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => (early ? early.push(line) : log(line)));
    return new Promise((resolve) => lines.once('close', resolve));
  });
  // Its last lines may be read after its end.
  const ports = await listening(child, sockets, Promise.all([ended, ...printed]), early);
  for (const line of early) log(line);
  early = undefined;
  if (run.background) letGo(child);
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
      reject(startFailure(`did not listen within ${START_MS / 1000} seconds`, complaints));
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
    void ended.then(() => settle(() => reject(startFailure('ended while starting', complaints))));
  });
}

/** With the next step, where the reason is one that a user can do something about. */
function startFailure(what: string, complaints: readonly string[]): UserError {
  const text = complaints.slice(0, 20).join('\n');
  if (/Address already in use/i.test(text)) return new UserError('the port is in use: choose another with --port N');
  if (/SQLITE_(NOTADB|CORRUPT)|database disk image is malformed/.test(text)) {
    return new UserError(
      `a database in the state folder is damaged: put back a copy of the folder, or begin anew with --state DIR\n${text}`,
    );
  }
  return new UserError(`workerd ${what}${text === '' ? '' : `:\n${text}`}`);
}

/** Neither the process nor its pipes are waited for where nothing else is left to do. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) (stream as { unref?(): void } | null)?.unref?.();
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(timer);
}
