/**
 * Keeps a workerd running: after an unexpected end it is started again, on the same ports, unless that happens too
 * often.
 */
import { startWorkerd, type Workerd, type WorkerdRun } from './workerd.ts';

export interface Supervised {
  readonly ports: Workerd['ports'];
  /** The running one's. */
  readonly pid: number;
  /** Resolves when workerd has been given up. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface Supervision {
  run: WorkerdRun;
  /** Called before a start that follows another, with the ports that the first one took. */
  restarting(ports: Workerd['ports']): void;
  start?(run: WorkerdRun): Promise<Workerd>;
  /** Milliseconds. */
  now?(): number;
}

/** More ends than these within the time, and the next is the last. */
const MAX_RESTARTS = 5;
const WITHIN_MS = 60_000;

/** Resolves when workerd listens, and rejects when the first start fails. */
export async function supervise(supervision: Supervision): Promise<Supervised> {
  const { run, restarting, start = startWorkerd, now = Date.now } = supervision;
  let current = await start(run);
  const { ports } = current;
  let stopping = false;
  let givenUp: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    givenUp = resolve;
  });
  const starts: number[] = [];
  const keep = async (): Promise<void> => {
    for (;;) {
      const { code, signal } = await current.ended;
      if (stopping) return;
      const time = now();
      while (starts[0] !== undefined && starts[0] <= time - WITHIN_MS) starts.shift();
      const how = signal ? `by ${signal}` : `with code ${code}`;
      if (starts.length >= MAX_RESTARTS) {
        run.log(`workerd ended ${how}, ${starts.length + 1} times within a minute: not started again`);
        return;
      }
      starts.push(time);
      run.log(`workerd ended ${how}: starting it again`);
      try {
        restarting(ports);
        current = await start(run);
      } catch (error) {
        run.log(`workerd did not start again: ${(error as Error).message}`);
        return;
      }
      if (stopping) await current.stop();
    }
  };
  void keep().then(givenUp);
  return {
    ports,
    get pid() {
      return current.pid;
    },
    ended,
    async stop() {
      stopping = true;
      await current.stop();
    },
  };
}
