/** GETs of one object, one after the other, while thousands of pods are made, scheduled and run on simulated nodes. */
import { call, must } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import { percentile } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { configMap, deployment } from './objects.ts';

export const MOTION_NODES = 100;
const PODS = 10_000;
const BETWEEN_MS = 5;
const LIMIT_MS = 600_000;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

export async function motionCase(target: Target): Promise<Figure[]> {
  await must(target, 'POST', CONFIG_MAPS, configMap('read'));
  const quiet = await reads(target, sleep(2000));
  const [cpu, from] = [cpuMs(target.pids), performance.now()];
  await must(target, 'POST', DEPLOYMENTS, deployment('moving', PODS));
  const busy = await reads(target, untilReady(target));
  const seconds = (performance.now() - from) / 1000;
  const name = `GET while ${PODS} pods are in motion`;
  const figure = (what: string, unit: Figure['unit'], value: number): Figure => {
    return { case: name, what, unit, values: { [target.name]: value } };
  };
  return [
    figure('p50 before', 'ms', percentile(quiet, 50)),
    ...[50, 90, 99].map((p) => figure(`p${p}`, 'ms', percentile(busy, p))),
    figure('longest', 'ms', percentile(busy, 100)),
    figure('pods ready', '1/s', PODS / seconds),
    figure('server CPU a pod', 'CPU ms', (cpuMs(target.pids) - cpu) / PODS),
  ];
}

/** The time of each read until something has come to an end. */
async function reads(target: Target, end: Promise<void>): Promise<number[]> {
  let isOver = false;
  const ended = end.finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  while (!isOver) {
    const from = performance.now();
    const { status } = await call(target, 'GET', `${CONFIG_MAPS}/read`);
    if (status !== 200) throw new Error(`${target.name}: a GET answers ${status}`);
    times.push(performance.now() - from);
    await sleep(BETWEEN_MS);
  }
  await ended;
  return times;
}

async function untilReady(target: Target): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const { text } = await call(target, 'GET', `${DEPLOYMENTS}/moving`);
    const { status } = JSON.parse(text) as { status?: { readyReplicas?: number } };
    if (status?.readyReplicas === PODS) return;
    if (performance.now() > deadline) throw new Error(`${target.name}: ${status?.readyReplicas} pods are ready`);
    await sleep(250);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
