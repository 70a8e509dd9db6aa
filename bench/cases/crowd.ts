/** A crowd at the door: accounts that are made at once, each with its first cluster. None may be lost. */
import { call, must } from '../lib/http.ts';
import { cpuMs, residentBytes } from '../lib/process.ts';
import { percentile } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { startIslet } from '../targets/islet.ts';

const VISITORS = Number(process.env.VISITORS ?? 1000);
/** Requests under way at once, as many browsers would have. */
const AT_ONCE = VISITORS;

interface Begun {
  account: string;
  cluster: { id: string; token: string };
}

export async function crowdCase(): Promise<Figure[]> {
  const settings = { ISLET_VISITORS: 'true', ISLET_VISITORS_PER_HOUR: '1000000', ISLET_VISITORS_AT_ONCE: '1000000' };
  Object.assign(process.env, settings);
  const islet = await startIslet();
  try {
    const visitor: Target = { ...islet, headers: { origin: islet.url } };
    const before = { memory: residentBytes(islet.pids), cpu: cpuMs(islet.pids) };
    const times: number[] = [];
    const begun: Begun[] = [];
    let left = VISITORS;
    const from = performance.now();
    const come = async (): Promise<void> => {
      while (left-- > 0) {
        const start = performance.now();
        const cluster = { simulatedNodes: 1 };
        begun.push(await must<Begun>(visitor, 'POST', '/islet/v1/session/visitor', { cluster }));
        times.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, come));
    const seconds = (performance.now() - from) / 1000;
    const cpu = (cpuMs(islet.pids) - before.cpu) / VISITORS;
    let found = 0;
    for (const { cluster } of begun) {
      const target = { ...islet, url: `${islet.url}/clusters/${cluster.id}`, token: cluster.token };
      const { status, text } = await call(target, 'GET', '/api/v1/namespaces/default');
      if (status === 200 && text.includes('"default"')) found++;
    }
    const memory = residentBytes(islet.pids) - before.memory;
    const one = (what: string, unit: Figure['unit'], value: number): Figure => ({
      case: `${VISITORS} accounts at once`,
      what,
      unit,
      values: { islet: value },
    });
    return [
      one('with a cluster that answers', 'count', found),
      one('rate', '1/s', VISITORS / seconds),
      one('p50', 'ms', percentile(times, 50)),
      one('p99', 'ms', percentile(times, 99)),
      one('server CPU each', 'CPU ms', cpu),
      one('resident memory, all awake', 'MB', memory / 1e6),
    ];
  } finally {
    await islet.stop();
    for (const name of Object.keys(settings)) delete process.env[name];
  }
}
