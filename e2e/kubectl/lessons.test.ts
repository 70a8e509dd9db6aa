/** Each lesson, played with a real kubectl: no step is done before its solution, and each is after it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { ROOT } from '../../cli/local/paths.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { readLessons } from '../../scripts/build/lessons.ts';
import { advance, pathsOf } from '../../web/src/lessons/progress.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

/** Autoscalers look every 15 seconds. */
const WAIT_MS = 120_000;

describe.skipIf('skip' in found).each(readLessons(join(ROOT, 'lessons')))('$lesson.name', ({ lesson }) => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open({ simulatedNodes: lesson.nodes });
    for (const { path, object } of lesson.start) await call(kubectl.cluster, 'POST', path, object);
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  /** Steps that are done, of those from `done` on. */
  async function reached(done: number): Promise<number> {
    const lists = new Map<string, readonly KubeObject[]>();
    for (const path of pathsOf(lesson, done)) {
      const { items } = await call<{ items: KubeObject[] }>(kubectl.cluster, 'GET', path);
      lists.set(path, items);
    }
    return advance(lesson, done, (path) => lists.get(path));
  }

  test.each(lesson.steps.map(({ title, solution, done }, index) => ({ index, title: title.en, solution, done })))(
    'step $index: $title',
    async ({ index, solution, done }) => {
      if (done.length === 0) return;
      expect(await reached(index), 'done before anything was done').toBe(index);
      for (const { line, stdin } of solution) {
        // kubectl refuses two restarts of one workload within a second, which no person reaches.
        if (line.includes('rollout restart')) await new Promise((resolve) => setTimeout(resolve, 1000));
        await kubectl.ok(line.replace(/^kubectl /, ''), stdin);
      }
      await eventually(async () => expect(await reached(index)).toBeGreaterThan(index), WAIT_MS);
    },
    WAIT_MS + 30_000,
  );
});
