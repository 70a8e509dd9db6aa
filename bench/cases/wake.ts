/**
 * A cluster of 1,000 objects that sleeps: the first `kubectl get` after each sleep, as a Table and of one object, and what
 * the same takes of one that is awake.
 */
import { call, must } from '../lib/http.ts';
import type { Figure, Target } from '../lib/target.ts';
import { configMap } from './objects.ts';

const OBJECTS = 1000;
const SLEEPS = 3;
/** Objects hibernate ten seconds after the last event; controllers write their cursor before that. */
const ASLEEP_MS = 14_000;
const MAPS = '/api/v1/namespaces/default/configmaps';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

export async function wakeCase(target: Target): Promise<Figure[]> {
  for (let from = 0; from < OBJECTS; from += 50) {
    const some = Array.from({ length: 50 }, (_, at) => configMap(`wake-${from + at}`));
    await Promise.all(some.map((map) => must(target, 'POST', MAPS, map)));
  }
  const tables = { ...target, headers: TABLE };
  const list = await measure(target, () => call(tables, 'GET', `${MAPS}?limit=500`));
  const one = await measure(target, () => call(target, 'GET', `${MAPS}/wake-0`));
  const name = `${OBJECTS} objects, after a sleep`;
  return [
    { case: name, what: 'kubectl get configmaps: the first page', unit: 'ms', values: { islet: list.asleep } },
    { case: name, what: 'the same of a cluster that is awake', unit: 'ms', values: { islet: list.awake } },
    { case: name, what: 'kubectl get configmap wake-0', unit: 'ms', values: { islet: one.asleep } },
    { case: name, what: 'the same of a cluster that is awake', unit: 'ms', values: { islet: one.awake } },
  ];
}

/** Medians; a sleep that was none is an error. */
async function measure(target: Target, ask: () => Promise<unknown>): Promise<{ asleep: number; awake: number }> {
  const asleep: number[] = [];
  const awake: number[] = [];
  for (let round = 0; round < SLEEPS; round++) {
    const before = await awakeSince(target);
    await new Promise((resolve) => setTimeout(resolve, ASLEEP_MS));
    asleep.push(await timed(ask));
    if ((await awakeSince(target)) <= before) throw new Error('the cluster did not sleep');
    awake.push(await timed(ask));
  }
  return { asleep: median(asleep), awake: median(awake) };
}

async function awakeSince(target: Target): Promise<number> {
  return (await must<{ awakeSince: number }>(target, 'GET', '/islet/v1/stats')).awakeSince;
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await ask();
  return performance.now() - began;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
