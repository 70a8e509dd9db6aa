/**
 * How far a lesson has come. It is kept in the cluster, in a ConfigMap that says which lesson it is, so that it goes
 * along when the cluster is forked, and is there on another machine.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { isDone } from './check.ts';
import { LESSON } from './config-map.ts';
import type { Lesson, Step } from './lesson.ts';
import { pathOf } from './paths.ts';

export interface Progress {
  lesson: string;
  /** Steps that are done; they stay so, whatever happens to the cluster. */
  done: number;
}

export function progressIn(object: KubeObject | undefined): Progress | undefined {
  const { lesson, done } = (object as { data?: Record<string, string> } | undefined)?.data ?? {};
  if (!lesson) return undefined;
  return { lesson, done: /^\d{1,3}$/.test(done ?? '') ? Number(done) : 0 };
}

export function configMapOf({ lesson, done }: Progress): object {
  return { metadata: { name: LESSON.name }, data: { lesson, done: String(done) } };
}

/** Objects by the paths of their lists ({@link pathOf}); undefined while a list is not complete. */
export type Seen = (path: string) => readonly KubeObject[] | undefined;

/** A step without checks is done when the person says so. */
export function isStepDone({ done }: Step, seen: Seen): boolean {
  return (
    done.length > 0 &&
    done.every((check) => {
      const objects = seen(pathOf(check));
      return objects !== undefined && isDone(check, objects);
    })
  );
}

/** Steps are done one after the other; several may be done at once. */
export function advance({ steps }: Lesson, done: number, seen: Seen): number {
  let now = done;
  for (let step = steps[now]; step && isStepDone(step, seen); step = steps[now]) now++;
  return now;
}

/** The lists that the next step asks for. */
export function pathsOf({ steps }: Lesson, done: number): string[] {
  return [...new Set((steps[done]?.done ?? []).map(pathOf))];
}
