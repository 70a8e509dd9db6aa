import { expect, test } from 'vitest';
import { Api } from '../../api/request.ts';
import { run } from './run.ts';

test('all steps are tried, some at once, and what failed is told with the server’s error', async () => {
  let busy = 0;
  let most = 0;
  const seen: string[] = [];
  const api = new Api('/clusters/c', (async (path: string, { method, headers }: RequestInit) => {
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setTimeout(resolve, 2));
    busy--;
    seen.push(`${method} ${path} ${(headers as Record<string, string>)['Content-Type']}`);
    if (path.endsWith('/3')) return new Response('{"message":"not found","reason":"NotFound"}', { status: 404 });
    return new Response('{}');
  }) as unknown as typeof fetch);
  const steps = Array.from({ length: 20 }, (_, n) => ({
    method: 'DELETE' as const,
    path: `/api/v1/pods/${n}`,
    body: {},
  }));
  const told: number[] = [];
  const failures = await run(api, { steps, kubectl: '' }, (done) => told.push(done));
  expect(failures.map(({ step, error }) => [step.path, error.code, error.message])).toEqual([
    ['/api/v1/pods/3', 404, 'not found'],
  ]);
  expect([seen.length, told.at(-1), most]).toEqual([20, 20, 6]);
  await run(api, { steps: [{ method: 'PATCH', path: '/x', patch: 'strategic', body: {} }], kubectl: '' });
  expect(seen.at(-1)).toBe('PATCH /clusters/c/x application/strategic-merge-patch+json');
});
