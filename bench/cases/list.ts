/** LIST of 5,000 pods of about 5 KB, whole. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { call, must, open } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import { median } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { idlePod } from './objects.ts';

const PODS = 5_000;
const AT_ONCE = 32;
const PATH = '/api/v1/namespaces/default/pods';

export async function listCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  const rate: Record<string, number> = {};
  const time: Record<string, number> = {};
  const cpu: Record<string, number> = {};
  const pods = Array.from({ length: PODS }, (_, i) => idlePod(`listed-${i}`));
  let stored = pods;
  for (const target of targets) {
    if (target.addsNothing) await fill(target, stored);
    else if (stored === pods) stored = await fill(target, pods);
    else await fill(target, pods);
    const samples: { rate: number; time: number; cpu: number }[] = [];
    // The first is not counted: everybody's compilers and caches are cold.
    for (let run = -1; run < runs; run++) {
      const [before, from] = [cpuMs(target.pids), performance.now()];
      let bytes = 0;
      for await (const chunk of await open(target, 'GET', PATH)) bytes += (chunk as Buffer).length;
      const took = performance.now() - from;
      if (run >= 0) samples.push({ rate: bytes / 1e6 / (took / 1e3), time: took, cpu: cpuMs(target.pids) - before });
    }
    rate[target.name] = median(samples.map((sample) => sample.rate));
    time[target.name] = median(samples.map((sample) => sample.time));
    cpu[target.name] = median(samples.map((sample) => sample.cpu));
    await call(target, 'DELETE', `${PATH}?labelSelector=app%3Dbench-list&gracePeriodSeconds=0`);
  }
  const name = `LIST of ${PODS} pods`;
  return [
    { case: name, what: 'rate', unit: 'MB/s', values: rate },
    { case: name, what: 'time', unit: 'ms', values: time },
    { case: name, what: 'server CPU', unit: 'CPU ms', values: cpu },
  ];
}

/** What the server answered to each. */
async function fill(target: Target, pods: readonly KubeObject[]): Promise<KubeObject[]> {
  const stored: KubeObject[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < pods.length; i = next++) stored[i] = await must(target, 'POST', PATH, pods[i]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return stored;
}
