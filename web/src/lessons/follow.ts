/** A lesson of a cluster, followed: its progress, and the objects that the next step looks at. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Cluster } from '../api/cluster.ts';
import { Collection, keyOf } from '../api/collection.ts';
import { LESSON, LESSONS } from './config-map.ts';
import type { Lesson } from './lesson.ts';
import { loadLesson } from './load.ts';
import { advance, configMapOf, type Progress, pathsOf, progressIn } from './progress.ts';

export interface FollowedLesson {
  /** undefined where the cluster has none. */
  progress: ReadonlySignal<Progress | undefined>;
  /** undefined until it is loaded; null where there is none of this name. */
  lesson: ReadonlySignal<Lesson | null | undefined>;
  /** The person has read a step that has no checks. */
  read(): void;
  stop(): void;
}

export function followLesson(cluster: Cluster): FollowedLesson {
  const progress = signal<Progress | undefined>(undefined);
  const lesson = signal<Lesson | null | undefined>(undefined);
  const followed = signal<ReadonlyMap<string, Collection<KubeObject>>>(new Map());

  const moveTo = (done: number): void => {
    const before = progress.peek();
    if (!before || before.done === done) return;
    const next = { ...before, done };
    progress.value = next;
    // One who may not write goes on in this page alone.
    void cluster.api.patch(`${LESSONS}/${LESSON.name}`, 'merge', configMapOf(next)).catch(() => {});
  };

  /** A teacher may look on; only the copy of another cluster tells of its steps. */
  const report = (name: string, done: number, steps: number): void => {
    void cluster.api.post('/islet/v1/lesson-progress', { lesson: name, done, steps }).catch(() => {});
  };

  const ends = [
    effect(() => {
      const told = progressIn(cluster.lesson.objects.value.get(keyOf({ metadata: LESSON })));
      const before = progress.peek();
      const isAhead = told && before && told.lesson === before.lesson && before.done > told.done;
      if (!isAhead) progress.value = told;
    }),
    effect(() => {
      const name = progress.value?.lesson;
      if (name === undefined || lesson.peek()?.name === name) return;
      lesson.value = undefined;
      void loadLesson(name).then(
        (loaded) => {
          if (progress.peek()?.lesson === name) lesson.value = loaded ?? null;
        },
        () => {},
      );
    }),
    effect(() => {
      const [current, done] = [lesson.value, progress.value?.done];
      const paths = current && done !== undefined ? pathsOf(current, done) : [];
      const before = followed.peek();
      const next = new Map(
        paths.map((path) => [path, before.get(path) ?? new Collection<KubeObject>(cluster.connection, path)]),
      );
      for (const [path, collection] of before) if (!next.has(path)) collection.close();
      followed.value = next;
    }),
    effect(() => {
      const current = lesson.value;
      const done = progress.value?.done;
      if (!current || done === undefined) return;
      const lists = followed.value;
      const seen = (path: string) => {
        const list = lists.get(path);
        return list?.complete.value ? [...list.objects.value.values()] : undefined;
      };
      moveTo(advance(current, done, seen));
    }),
    effect(() => {
      const current = lesson.value;
      const done = progress.value?.done;
      if (current && done !== undefined)
        report(current.name, Math.min(done, current.steps.length), current.steps.length);
    }),
  ];
  return {
    progress,
    lesson,
    read: () => moveTo((progress.peek()?.done ?? 0) + 1),
    stop: () => {
      for (const end of ends) end();
      for (const collection of followed.peek().values()) collection.close();
    },
  };
}
