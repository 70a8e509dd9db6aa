import { afterEach, expect, test, vi } from 'vitest';
import { loadLesson } from './load.ts';

afterEach(() => vi.unstubAllGlobals());

test('the index, which lies beside the lessons, is no lesson, whatever a cluster says', async () => {
  const files: Record<string, object> = {
    '/lessons/index.json': [],
    '/lessons/01-a.json': { name: '01-a', steps: [] },
  };
  vi.stubGlobal('fetch', async (path: string) => Response.json(files[path] ?? {}, { status: files[path] ? 200 : 404 }));
  expect(await loadLesson('index')).toBeUndefined();
  expect(await loadLesson('none')).toBeUndefined();
  expect(await loadLesson('01-a')).toMatchObject({ name: '01-a' });
});
