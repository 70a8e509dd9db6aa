/** Lessons are files beside the page (`scripts/build/lessons.ts`); each is fetched once. */
import { ApiError } from '../api/request.ts';
import { service } from '../api/session.ts';
import type { Lesson, LessonSummary } from './lesson.ts';

let index: Promise<LessonSummary[]> | undefined;
const lessons = new Map<string, Promise<Lesson | undefined>>();

export function loadIndex(): Promise<LessonSummary[]> {
  index ??= service.get<LessonSummary[]>('/lessons/index.json').catch((error) => {
    index = undefined;
    throw error;
  });
  return index;
}

/** undefined where there is none of this name. */
export function loadLesson(name: string): Promise<Lesson | undefined> {
  const known = lessons.get(name);
  if (known) return known;
  const loading = service.get<Lesson>(`/lessons/${encodeURIComponent(name)}.json`).then(
    // The name is the cluster's word: another file beside the lessons is none of them.
    (lesson) => (lesson.name === name ? lesson : undefined),
    (error: unknown) => {
      if (error instanceof ApiError && error.code === 404) return undefined;
      lessons.delete(name);
      throw error;
    },
  );
  lessons.set(name, loading);
  return loading;
}
