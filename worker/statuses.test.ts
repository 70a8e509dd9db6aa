import { expect, test } from 'vitest';
import { failed, logged, negotiated, tooManyRequests, unauthorized } from './statuses.ts';

test('an object that has too much to do is asked again by the client, as the Status says', async () => {
  const overloaded = Object.assign(new Error('Durable Object is overloaded.'), { overloaded: true, retryable: true });
  const answer = failed(overloaded);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await answer.json()).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
  for (const error of [new Error('anything else'), undefined]) expect(failed(error).status).toBe(500);
});

test('a connection that is lost with a body on its way is one line of the log, without the query', () => {
  const lost = Object.assign(new Error('Network connection lost.'), { retryable: true });
  const request = { method: 'POST', url: 'https://islet.test/clusters/a/api/v1/pods?token=secret', body: {} as never };
  expect(logged(lost, request)).toBe(
    "POST /clusters/a/api/v1/pods: the client left before the end of its body, or the cluster's object was lost",
  );
  expect(logged(lost, { ...request, body: null })).toBe(lost);
  const other = new Error('other');
  expect(logged(other, request)).toBe(other);
});

test('an error of the edge has the format that its client accepts', async () => {
  const answer = (accept: string | null) => negotiated(unauthorized(), accept);
  const type = (accept: string | null) => answer(accept).headers.get('content-type');
  expect([type(null), type('*/*'), type('text/html, application/*'), type('application/json;q=0.5')]).toEqual(
    Array(4).fill('application/json'),
  );
  const protobuf = answer('application/vnd.kubernetes.protobuf, application/json');
  expect(protobuf.headers.get('content-type')).toBe('application/vnd.kubernetes.protobuf');
  const bytes = new Uint8Array(await protobuf.arrayBuffer());
  expect(new TextDecoder().decode(bytes.subarray(0, 3))).toBe('k8s');
  expect(new TextDecoder().decode(bytes)).toContain('Unauthorized');
  expect(type('application/json;q=0.1, application/yaml')).toBe('application/yaml');
  expect(await answer('application/yaml').text()).toContain('reason: Unauthorized\n');
  expect(await answer('text/html').text()).toBe(JSON.stringify(JSON.parse(await unauthorized().text()), undefined, 2));
  expect(negotiated(tooManyRequests(), 'application/yaml').headers.get('retry-after')).toBe('1');
});
