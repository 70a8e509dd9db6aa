import { expect, test } from 'vitest';
import { supervise } from './supervisor.ts';
import type { Workerd } from './workerd.ts';

/** Each start gives one that ends when it is told to. */
function rig() {
  const running: { end(signal: NodeJS.Signals): void }[] = [];
  const log: string[] = [];
  const restarts: unknown[] = [];
  let clock = 0;
  let failing = false;
  const start = async (): Promise<Workerd> => {
    if (failing) throw new Error('the port is in use');
    let end: (signal: NodeJS.Signals) => void = () => {};
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      end = (signal) => resolve({ code: null, signal });
    });
    running.push({ end });
    return { ports: { api: 7443 }, pid: running.length, ended, stop: async () => end('SIGTERM') };
  };
  return {
    running,
    log,
    restarts,
    advance: (ms: number) => (clock += ms),
    fail: () => (failing = true),
    open: () =>
      supervise({
        run: { config: '', sockets: [], env: {}, log: (line) => log.push(line) },
        restarting: (ports) => restarts.push(ports),
        start,
        now: () => clock,
      }),
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a workerd that dies is started again on the ports it had', async () => {
  const { running, log, restarts, open } = rig();
  const supervised = await open();
  running[0]?.end('SIGKILL');
  await settle();
  expect([supervised.pid, restarts, log]).toEqual([
    2,
    [{ api: 7443 }],
    ['workerd ended by SIGKILL: starting it again'],
  ]);
});

test('a workerd that is stopped stays stopped', async () => {
  const { running, open } = rig();
  const supervised = await open();
  await supervised.stop();
  await settle();
  expect(running).toHaveLength(1);
});

test('the sixth end within a minute is the last, and later ends count anew', async () => {
  const { running, log, advance, open } = rig();
  const supervised = await open();
  for (let count = 0; count < 5; count++) {
    running.at(-1)?.end('SIGSEGV');
    await settle();
  }
  advance(60_000);
  running.at(-1)?.end('SIGSEGV');
  await settle();
  expect(running).toHaveLength(7);
  for (let count = 0; count < 5; count++) {
    running.at(-1)?.end('SIGSEGV');
    await settle();
  }
  await supervised.ended;
  expect(running).toHaveLength(11);
  expect(log.at(-1)).toBe('workerd ended by SIGSEGV, 6 times within a minute: not started again');
});

test('a start that fails is the end', async () => {
  const { running, log, fail, open } = rig();
  const supervised = await open();
  fail();
  running[0]?.end('SIGKILL');
  await supervised.ended;
  expect(log.at(-1)).toBe('workerd did not start again: the port is in use');
});
