/**
 * The scheduler beside kube-scheduler: pods a second from the first create until a watch has shown all of them bound, and
 * server CPU a pod. Nodes are plain objects and nothing runs on them; no controllers run. Every load has clusters of
 * its own and is run once, as it takes seconds; the two take turns, load by load.
 */
import type { IncomingMessage } from 'node:http';
import { must, open } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import type { Figure, Target } from '../lib/target.ts';
import { NAMESPACE, type SchedulingLoad, schedulingNode } from './scheduling-loads.ts';

/** Creates that are under way at once. */
const CONNECTIONS = 16;
const LIMIT_MS = 600_000;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

export type StartCluster = (name: string) => Promise<Target>;

export async function schedulingCase(
  starts: readonly StartCluster[],
  loads: readonly SchedulingLoad[],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [at, load] of loads.entries()) {
    const [rates, cpus]: Record<string, number>[] = [{}, {}];
    for (const start of starts) {
      const target = await start(`scheduling-${at}`);
      try {
        const { rate, cpu } = await measure(target, load);
        console.error(`${target.name}: ${load.name}: ${rate.toFixed(0)} pods a second, ${cpu.toFixed(2)} CPU ms each`);
        Object.assign(rates ?? {}, { [target.name]: rate });
        Object.assign(cpus ?? {}, { [target.name]: cpu });
      } finally {
        await target.stop();
      }
    }
    figures.push({ case: load.name, what: 'pods bound', unit: '1/s', values: rates ?? {} });
    figures.push({ case: load.name, what: 'server CPU a pod', unit: 'CPU ms', values: cpus ?? {} });
  }
  return figures;
}

async function measure(target: Target, load: SchedulingLoad): Promise<{ rate: number; cpu: number }> {
  await prepare(target, load);
  const bound = watchBound(target);
  const { before } = load;
  if (before) {
    await createAll(target, before.count, (i) => [PODS, before.make(i)]);
    await bound.until(before.count);
  }
  const [cpu, from] = [cpuMs(target.pids), performance.now()];
  await createAll(target, load.count, (i) => [PODS, load.make(i)]);
  await bound.until((before?.count ?? 0) + load.count);
  const seconds = (performance.now() - from) / 1000;
  bound.stop();
  return { rate: load.count / seconds, cpu: (cpuMs(target.pids) - cpu) / load.count };
}

async function prepare(target: Target, { nodes }: SchedulingLoad): Promise<void> {
  await must(target, 'POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await must(target, 'POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: 'default' } });
  await must(target, 'POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'high' }, value: 10 });
  await createAll(target, nodes, (i) => ['/api/v1/nodes', schedulingNode(i)]);
  // Admission taints new nodes, as their kubelets have said nothing yet.
  const untaint = async (i: number): Promise<void> => {
    const path = `/api/v1/nodes/${schedulingNode(i).metadata.name}`;
    await must(target, 'PATCH', path, { spec: { taints: null } }, 'application/merge-patch+json');
  };
  await each(nodes, untaint);
}

function createAll(target: Target, count: number, make: (i: number) => [path: string, body: unknown]): Promise<void> {
  return each(count, async (i) => void (await must(target, 'POST', ...make(i))));
}

async function each(count: number, run: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

/** Counts the pods that lists and watches have shown to have a node; a server may end a watch when it likes. */
function watchBound(target: Target): { until(count: number): Promise<void>; stop(): void } {
  const bound = new Set<string>();
  let stream: IncomingMessage | undefined;
  let isOver = false;
  const follow = async (): Promise<void> => {
    const list = await must<KubeList>(target, 'GET', PODS);
    for (const { metadata, spec } of list.items) if (spec?.nodeName) bound.add(metadata.uid);
    stream = await open(target, 'GET', `${PODS}?watch=true&resourceVersion=${list.metadata.resourceVersion}`);
    stream.on('close', () => void (isOver || follow()));
    readLines(stream, (line) => {
      const uid = line.includes('"nodeName":"') ? /"uid":"([^"]+)"/.exec(line)?.[1] : undefined;
      if (uid) bound.add(uid);
    });
  };
  void follow();
  return {
    async until(count) {
      const deadline = performance.now() + LIMIT_MS;
      while (bound.size < count) {
        if (performance.now() > deadline) throw new Error(`${target.name}: ${bound.size} of ${count} pods are bound`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    stop() {
      isOver = true;
      stream?.destroy();
    },
  };
}

interface KubeList {
  metadata: { resourceVersion: string };
  items: { metadata: { uid: string }; spec?: { nodeName?: string } }[];
}

function readLines(stream: IncomingMessage, line: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) line(one);
  });
  stream.on('error', () => {});
}
