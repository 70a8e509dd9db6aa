import { expect, test } from 'vitest';
import type { EdgeRequest, Env } from '../env.ts';
import { answerAtEdge, edgeOptions } from './edge.ts';

async function ask(path: string, query = '') {
  const answer = answerAtEdge(path, query, {} as Env);
  return answer && { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
}

test('health is ok, and lists its checks on demand', async () => {
  for (const name of ['healthz', 'livez', 'readyz']) {
    expect(await ask(`/${name}`)).toEqual({ status: 200, text: 'ok', type: 'text/plain; charset=utf-8' });
    expect((await ask(`/${name}/ping`))?.text).toBe('ok');
    expect((await ask(`/${name}`, 'verbose'))?.text).toBe(`[+]ping ok\n${name} check passed\n`);
  }
  expect((await ask('/livez', 'notverbose'))?.text).toBe('ok');
  expect((await ask('/livez/ping', 'verbose'))?.text).toBe('ok');
});

test('a check can be left out, an unknown one cannot', async () => {
  expect((await ask('/livez', 'exclude=ping'))?.text).toBe('ok');
  expect((await ask('/livez', 'verbose=false&exclude=ping'))?.text).toBe('[+]ping excluded: ok\nlivez check passed\n');
  expect((await ask('/readyz', 'exclude=nope&exclude=a%22b&exclude=nope&verbose'))?.text).toBe(
    '[+]ping ok\nwarn: some health checks cannot be excluded: no matches for "a\\"b","nope"\nreadyz check passed\n',
  );
});

test('single checks, and what is asked as another user, are told by the cluster', () => {
  expect(answerAtEdge('/livez', 'verbose', {} as Env, { hasToken: true })).toBeUndefined();
  expect(answerAtEdge('/livez', '', {} as Env, { hasToken: true })?.status).toBe(200);
  expect(answerAtEdge('/version', '', {} as Env, { hasToken: true, isForAnother: true })).toBeUndefined();
});

test.each([
  ['impersonate-user', true],
  ['impersonate-group', true],
  ['impersonate-extra-a', true],
  ['x-impersonate-user', false],
])('a request with %s is made as another user: %s', (name, isForAnother) => {
  const request = { headers: new Headers({ authorization: 'Bearer t', [name]: 'a' }) } as unknown as EdgeRequest;
  expect(edgeOptions(request)).toMatchObject({ isForAnother });
});

test('unknown checks are not answered', async () => {
  for (const path of ['/livez/etcd', '/livez/', '/livez/ping/', '/livezz', '/api']) {
    expect(await ask(path)).toBeUndefined();
  }
});

test('a malformed timeout is refused at the edge, too', async () => {
  expect((await ask('/version', 'timeout=32s'))?.status).toBe(200);
  for (const path of ['/version', '/healthz']) {
    const answer = await ask(path, 'timeout=x');
    expect([answer?.status, JSON.parse(answer?.text ?? '')]).toMatchObject([
      400,
      { message: 'invalid timeout specified in the request URL - time: invalid duration "x"', reason: 'BadRequest' },
    ]);
  }
});

test.each([
  [null, 200],
  ['*/*', 200],
  ['text/html, application/json;q=0.1', 200],
  ['application/*', 406],
  ['text/html', 406],
  ['application/yaml', 406],
])('the version for Accept: %s is %d, as it is told in JSON alone', async (accept, status) => {
  const answer = answerAtEdge('/version', '', {} as Env, { accept });
  expect(answer?.status).toBe(status);
  if (status === 406) {
    expect(JSON.parse((await answer?.text()) ?? '')).toMatchObject({
      message: '406: Not Acceptable\n\nAvailable representations: application/json',
    });
  }
});
