import { expect, test } from 'vitest';
import { subscriptionRequest } from './socket-hub.ts';
import { Turns } from './turns.ts';

test('the path of a list stands for its watch, and the user is the socket’s', () => {
  const user = { name: 'jane', groups: [] };
  const request = (path: string) => {
    const { path: asked, query, user: by } = subscriptionRequest(path, user);
    return [asked, query, by.name];
  };
  expect(request('/api/v1/pods')).toEqual(['/api/v1/pods', 'watch=true', 'jane']);
  expect(request('/api/v1/pods?limit=1')).toEqual(['/api/v1/pods', 'limit=1&watch=true', 'jane']);
  expect(request('/api/v1/pods?watch=1&limit=1')).toEqual(['/api/v1/pods', 'watch=1&limit=1', 'jane']);
  expect(request('/api/v1/pods?rewatch=1')[1]).toBe('rewatch=1&watch=true');
});

test('turns are taken one after another, with a pause in between, and one that fails holds up none', async () => {
  const seen: string[] = [];
  const turns = new Turns(async () => void seen.push('pause'), 3);
  const work = (name: string, fails = false) =>
    turns.take(async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const [first, second] = [work('a', true), work('b')];
  expect(turns.full).toBe(false);
  const third = work('c');
  expect(turns.full).toBe(true);
  await expect(first).rejects.toThrow('a');
  await Promise.all([second, third]);
  expect(turns.full).toBe(false);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'pause', 'c begins', 'c ends', 'pause']);
});
