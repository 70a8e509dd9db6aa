import { expect, test } from 'vitest';
import type { ApiAnswer, ApiRequest } from '../apiserver/request.ts';
import { answerForward } from './forwards.ts';

const USER = { name: 'ada', groups: [] };
const BODY = { kind: 'services', namespace: 'default', name: 'web', port: 80 };
const STREAM = { kind: 'http', node: 'n1', target: { host: '10.1.0.1', port: 80 } } as const;

async function asked(body: unknown, answer: ApiAnswer, connected = true) {
  const requests: ApiRequest[] = [];
  const header = (name: string) => `the client's ${name}`;
  const request = {
    method: 'POST',
    path: '/islet/v1/forwards',
    query: 'x',
    header,
    user: USER,
    body: JSON.stringify(body),
  };
  const handle = async (each: ApiRequest) => {
    requests.push(each);
    return answer;
  };
  return { requests, ...(await answerForward(request, { handle, connected: () => connected })) };
}

test('its user is asked for as if they created something there, with nothing of the request', async () => {
  const { status, body, requests } = await asked(BODY, { type: 'stream', stream: STREAM });
  expect([status, body]).toEqual([200, { node: 'n1' }]);
  const [request] = requests;
  const path = '/api/v1/namespaces/default/services/web:80/proxy/';
  expect(request).toMatchObject({ method: 'POST', path, query: '', user: USER, body: undefined });
  expect([request?.header('user-agent'), request?.header('impersonate-user')]).toEqual([
    "the client's user-agent",
    undefined,
  ]);
});

test('a refusal is passed on, and a node that is away is told of before a tab opens', async () => {
  const forbidden = { type: 'response', status: 403, headers: {}, body: '{"message":"no"}' } as const;
  expect(await asked(BODY, forbidden)).toMatchObject({ status: 403, body: { message: 'no' } });
  expect(await asked(BODY, { type: 'stream', stream: STREAM }, false)).toMatchObject({
    status: 503,
    body: { message: expect.stringContaining('"n1" is not connected') },
  });
  const malformed = await asked({ ...BODY, name: 'a/b' }, forbidden);
  expect([malformed.status, malformed.requests]).toEqual([400, []]);
});
