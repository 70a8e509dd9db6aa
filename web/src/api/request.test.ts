import { expect, test, vi } from 'vitest';
import { Api, ApiError, errorFrom, warningsIn } from './request.ts';

function answering(body: string, init: ResponseInit = {}) {
  const fetcher = vi.fn<typeof fetch>(async () => new Response(body, init));
  return { api: new Api('/clusters/1', fetcher), fetcher };
}

test('a patch has its type, its query and its body, beneath the cluster', async () => {
  const { api, fetcher } = answering('{"kind":"Pod"}');
  const query = { dryRun: 'All', fieldManager: undefined, force: true };
  expect(await api.patch('/api/v1/pods/a', 'merge', { spec: {} }, { query })).toEqual({ kind: 'Pod' });
  const [address, init] = fetcher.mock.calls[0] ?? [];
  expect(address).toBe('/clusters/1/api/v1/pods/a?dryRun=All&force=true');
  expect(init).toMatchObject({ method: 'PATCH', body: '{"spec":{}}' });
  expect(new Headers(init?.headers).get('content-type')).toBe('application/merge-patch+json');
});

test('a text is sent as it is, and a get has no body', async () => {
  const { api, fetcher } = answering('');
  await api.patch('/x', 'apply', 'kind: Pod\n');
  expect(fetcher.mock.calls[0]?.[1]?.body).toBe('kind: Pod\n');
  expect(await api.get('/y?a=1', { query: { b: 2 } })).toBeUndefined();
  expect(fetcher.mock.calls[1]?.[0]).toBe('/clusters/1/y?a=1&b=2');
  expect(fetcher.mock.calls[1]?.[1]?.body).toBeUndefined();
});

test('a Status is kept whole, with what it says about each field', async () => {
  const causes = [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.replicas' }];
  const status = { code: 422, reason: 'Invalid', message: 'it is invalid', details: { name: 'web', causes } };
  const { api } = answering(JSON.stringify(status), { status: 422 });
  const error = await api.post('/x', {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ ...status, causes });
});

test('what is no Status is its own message, and no answer has the code 0', async () => {
  expect(errorFrom('<h1>Bad gateway</h1>', 502)).toMatchObject({ code: 502, message: '<h1>Bad gateway</h1>' });
  expect(errorFrom('', 500).message).toBe('the server answered 500');
  const api = new Api('', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(api.get('/')).rejects.toMatchObject({ code: 0, reason: 'NoAnswer' });
});

test('an aborted request is no error of the API', async () => {
  const aborted = new AbortController();
  aborted.abort();
  const api = new Api('', () => Promise.reject(aborted.signal.reason));
  await expect(api.get('/', { signal: aborted.signal })).rejects.toHaveProperty('name', 'AbortError');
});

test('warnings are told, each of several, without their quotes', async () => {
  const { api } = answering('{}', { headers: { Warning: '299 - "v1beta1 is \\"old\\", use v1", 299 - "another"' } });
  const warnings: string[] = [];
  await api.get('/x', { warned: (warning) => warnings.push(warning) });
  expect(warnings).toEqual(['v1beta1 is "old", use v1', 'another']);
  expect(warningsIn('nonsense')).toEqual([]);
});
