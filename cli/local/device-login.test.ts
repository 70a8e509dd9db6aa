import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { deviceLogin } from './device-login.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

type Answers = (path: string, body: Record<string, unknown>, server: string) => [status: number, body: unknown];

async function setUp(answers: Answers) {
  const asked: [string, Record<string, unknown>][] = [];
  let address = '';
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      asked.push([request.url ?? '', body]);
      const [status, answer] = answers(request.url ?? '', body, address);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { now: 0 };
  const slept: number[] = [];
  const shown: object[] = [];
  const login = (ask = {}) =>
    deviceLogin(
      { server: address },
      { client: 'islet on laptop', ...ask },
      {
        show: (codes) => void shown.push(codes),
        now: () => clock.now,
        sleep: async (ms) => {
          slept.push(ms);
          clock.now += ms;
        },
      },
    );
  return { asked, slept, shown, login, address };
}

const codes = (at: string) => ({
  device_code: 'd',
  user_code: 'BCDF-GHJK',
  verification_uri: `${at}/device`,
  verification_uri_complete: `${at}/device?user_code=BCDF-GHJK`,
  expires_in: 60,
  interval: 5,
});

/** One answer after the other, the last one for good. */
function after(...answers: [number, unknown][]): Answers {
  return (path, _, at) => {
    if (path === '/islet/v1/device') return [200, codes(at)];
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}];
  };
}

test('the program shows where to go, and waits for its token, less often where it is told so', async () => {
  const token = { access_token: 't', account: 'p-ada' };
  const answers = after(
    [400, { error: 'authorization_pending' }],
    [400, { error: 'slow_down' }],
    [503, ''],
    [200, token],
  );
  const { login, slept, shown, asked, address } = await setUp(answers);
  expect(await login({ cluster: 'shop', readOnly: true, ttlSeconds: 3600 })).toEqual({ token: 't', account: 'p-ada' });
  expect(slept).toEqual([5000, 5000, 10_000, 10_000]);
  const complete = `${address}/device?user_code=BCDF-GHJK`;
  expect(shown).toEqual([{ complete, code: 'BCDF-GHJK' }]);
  expect(asked[0]?.[1]).toEqual({ client_id: 'islet on laptop', cluster: 'shop', read_only: true, ttl_seconds: 3600 });
  expect(asked[1]?.[1]).toMatchObject({ device_code: 'd' });
});

test('a refusal, an expired code and a time that is over end the waiting', async () => {
  for (const [error, words] of [
    ['access_denied', 'refused in the browser'],
    ['expired_token', 'has expired'],
    ['invalid_grant', 'invalid_grant'],
    ['authorization_pending', 'nobody approved'],
  ] as const) {
    const { login } = await setUp(after([400, { error }]));
    await expect(login(), error).rejects.toThrow(words);
    server?.close();
  }
});

test('a service that sends the person elsewhere is not trusted', async () => {
  for (const evil of ['https://evil.example', 'javascript:alert(1)//', '']) {
    const { login } = await setUp((_, __, at) => [200, { ...codes(at), verification_uri_complete: `${evil}/device` }]);
    await expect(login()).rejects.toThrow('another address');
    server?.close();
  }
});

test('a service of an earlier version has no such sign-in', async () => {
  const { login } = await setUp(() => [404, { message: 'the server could not find the requested resource' }]);
  await expect(login()).rejects.toThrow('$ISLET_SECRET');
});
