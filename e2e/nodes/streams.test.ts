/** Bytes of exec between a real kubectl and a real container: many of them, and their end at a cut. */
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, expect, test } from 'vitest';
import { residentMB, serverPid } from '../workerd/process.ts';
import { describeOnNode } from './machine.ts';

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: bytes, namespace: default}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: c, image: 'busybox:1.36', command: [sleep, '3600']}]
`;

const LINE = 'islet: a cluster in an object\n';
const MANY = 256 << 20;
/** A megabyte of whole lines. */
const PIECE = Buffer.from(LINE.repeat(Math.ceil((1 << 20) / LINE.length)));
/** Megabytes that a process may grow while 256 pass through it: Node collects buffers when some 64 have gathered. */
const MAY_GROW = 160;
const PAUSE = 200;
const GET_WITHIN = 5_000;

/** The lines, up to so many bytes. */
function* pieces(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= PIECE.length) yield PIECE.subarray(0, left);
}

function md5(parts: Iterable<Buffer>): string {
  const sum = createHash('md5');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}

describeOnNode('streams', (rig) => {
  const exec = (...command: string[]) => ['exec', '-i', 'bytes', '--', ...command];

  beforeAll(async () => {
    await rig.ok('apply -f -', POD);
    await rig.ok('wait --for=condition=Ready pod/bytes --timeout=30s');
  });

  /** Runs `work`; meanwhile asks for the nodes again and again, and looks how much workerd and the agent grow. */
  async function watched<T>(work: Promise<T>): Promise<T> {
    const pids = [serverPid(rig.machine.state), rig.agentPid()];
    const before = pids.map(residentMB);
    const grown = pids.map(() => 0);
    const asked: number[] = [];
    let over = false;
    const look = setInterval(() => {
      for (const [at, pid] of pids.entries()) grown[at] = Math.max(grown[at] ?? 0, residentMB(pid) - (before[at] ?? 0));
    }, 50);
    const asking = (async () => {
      while (!over) {
        const from = Date.now();
        await rig.ok('get nodes');
        if (!over) asked.push(Date.now() - from);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    })();
    const result = await work.finally(() => {
      over = true;
      clearInterval(look);
    });
    await asking;
    expect(Math.max(...grown)).toBeLessThan(MAY_GROW);
    expect(asked.length).toBeGreaterThan(0);
    expect(Math.max(...asked)).toBeLessThan(GET_WITHIN);
    return result;
  }

  const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('close', resolve));

  test('256 MB go into a container that takes its time, unharmed; nothing grows, and no other request is held up', async () => {
    const child = rig.start(exec('sh', '-c', 'sleep 2; tee /tmp/many | md5sum'));
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    const code = ended(child);
    expect(await watched(pipeline(Readable.from(pieces(MANY)), child.stdin).then(() => code))).toBe(0);
    expect(said).toBe(`${md5(pieces(MANY))}  -\n`);
  });

  test('256 MB come out of it in the same way, to a reader that stops for a while', async () => {
    const child = rig.start(exec('cat', '/tmp/many'));
    const sum = createHash('md5');
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      if (size === 0) {
        child.stdout.pause();
        setTimeout(() => child.stdout.resume(), 3_000);
      }
      size += chunk.length;
      sum.update(chunk);
    });
    expect(await watched(ended(child))).toBe(0);
    expect(size).toBe(MANY);
    expect(sum.digest('hex')).toBe(md5(pieces(MANY)));
  });

  test('a connection cut in the middle ends exec with a failure, whichever way the bytes go', async () => {
    const out = rig.start(exec('yes'));
    const into = rig.start(exec('md5sum'));
    const idle = rig.start(exec('sleep', '60'));
    let size = 0;
    out.stdout.on('data', (chunk: Buffer) => (size += chunk.length));
    into.stdin.on('error', () => {});
    let sent = 0;
    const counted = function* () {
      for (const piece of pieces(Number.POSITIVE_INFINITY)) {
        sent += piece.length;
        yield piece;
      }
    };
    Readable.from(counted()).pipe(into.stdin);
    await expect.poll(() => Math.min(size, sent), { timeout: 15_000 }).toBeGreaterThan(32 << 20);
    const codes = [out, into, idle].map(ended);
    await rig.killAgent();
    for (const code of await Promise.all(codes)) expect(code).toBeGreaterThan(0);
    await rig.startAgent();
  });
});
