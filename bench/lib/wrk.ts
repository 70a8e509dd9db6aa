/** HTTP load by wrk (Debian package `wrk`). Connections are kept alive; requests of other status count as errors. */
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { cpuMs } from './process.ts';
import type { Target } from './target.ts';

export type Load = {
  requests: number;
  perSecond: number;
  /** Bytes of bodies and heads, as wrk counts them. */
  megabytesPerSecond: number;
  p50: number;
  p99: number;
  /** Server CPU milliseconds a request. */
  cpu: number;
};

export interface LoadOptions {
  connections: number;
  seconds: number;
  /** Lua: sets `wrk.method`, `wrk.body` or `request = function() … end`. */
  script: string;
  path: string;
  /** `application/json` when left out. */
  accept?: string;
}

const REPORT = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT %d %d %f %f %f %d\\n', summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
`;

export function hasWrk(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v wrk']);
    return true;
  } catch {
    return false;
  }
}

export async function load(
  target: Target,
  { connections, seconds, script, path, accept = 'application/json' }: LoadOptions,
): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'islet-bench-'));
  // The folder goes also when the bench is stopped while it measures.
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const file = join(folder, 'load.lua');
    writeFileSync(file, `${script}\n${REPORT}`);
    const before = cpuMs(target.pids);
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', file];
    args.push('-H', `Authorization: Bearer ${target.token}`, '-H', `Accept: ${accept}`, target.url + path);
    const { stdout } = await promisify(execFile)('wrk', args);
    const used = cpuMs(target.pids) - before;
    const [requests = 0, micros = 1, bytes = 0, p50 = 0, p99 = 0, errors = 0] = (/RESULT (.*)/.exec(stdout)?.[1] ?? '')
      .split(' ')
      .map(Number);
    if (requests === 0 || errors > 0) throw new Error(`${target.name}: ${errors} of ${requests} requests failed`);
    return {
      requests,
      perSecond: requests / (micros / 1e6),
      megabytesPerSecond: bytes / micros,
      p50: p50 / 1_000,
      p99: p99 / 1_000,
      cpu: used / requests,
    };
  } finally {
    process.off('exit', remove);
    remove();
  }
}

export type Noise = { path: string; script: string; accept?: string } | undefined;

/** Load that goes on until it is stopped, whatever it is answered; how many requests a second were answered. */
export async function makeNoise(
  target: Target,
  { connections, script, path, accept = 'application/json' }: Omit<LoadOptions, 'seconds'>,
): Promise<() => Promise<number>> {
  const folder = mkdtempSync(join(tmpdir(), 'islet-bench-'));
  const file = join(folder, 'noise.lua');
  writeFileSync(file, `${script}\n${REPORT}`);
  const args = ['-t1', `-c${connections}`, '-d600s', '-s', file];
  args.push('-H', `Authorization: Bearer ${target.token}`, '-H', `Accept: ${accept}`, target.url + path);
  const child = spawnTied('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.on('data', (data: Buffer) => {
    output += data;
  });
  // The first answers are under way.
  await new Promise((resolve) => setTimeout(resolve, NOISE_BEGINS_MS));
  return async () => {
    child.kill('SIGINT');
    await once(child, 'close');
    rmSync(folder, { recursive: true, force: true });
    const [requests = 0, micros = 1] = (/RESULT (.*)/.exec(output)?.[1] ?? '').split(' ').map(Number);
    return requests / (micros / 1e6);
  };
}

const NOISE_BEGINS_MS = 2000;
