import { expect, test } from 'vitest';
import { legacyServiceAccountTokenCleaner } from './legacy-serviceaccount-token-cleaner.ts';
import { Harness } from './runtime/testing/harness.ts';

const DAY = 24 * 3_600_000;
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

async function setUp({ named = ['old'], labels = {} }: { named?: string[]; labels?: Record<string, string> } = {}) {
  const harness = new Harness([legacyServiceAccountTokenCleaner]);
  const { api, time } = harness;
  const start = time.now();
  await api.apply('configmaps', {
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    data: { since: dateOf(start) },
  });
  await api.apply('serviceaccounts', {
    metadata: { name: 'robot', namespace: 'ns' },
    secrets: named.map((name) => ({ name })),
  });
  const secret = () => api.read<{ metadata: { labels?: Record<string, string> } }>('secrets', 'ns', 'old');
  await api.apply('secrets', {
    metadata: { name: 'old', namespace: 'ns', labels, annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
  });
  /** Days after the start, at its time of the day. */
  const on = (day: number) => harness.until(start + day * DAY);
  return { harness, api, start, secret, on };
}

test('an unused token is marked after a year, and goes a year later, whatever ends the object meanwhile', async () => {
  const { harness, start, secret, on } = await setUp();
  await on(364);
  expect(secret()?.metadata.labels).toEqual({});
  harness.kill();
  await on(367);
  const since = secret()?.metadata.labels?.[INVALID_SINCE] ?? '';
  expect([dateOf(start + 366 * DAY), dateOf(start + 367 * DAY)]).toContain(since);
  await on(366 + 364);
  harness.kill();
  expect(secret()).toBeDefined();
  await on(366 + 368);
  expect(secret()).toBeUndefined();
});

test('a token that is used, or used again, stays', async () => {
  const { api, start, secret, on } = await setUp();
  await on(300);
  const use = (day: number) =>
    api.patch('secrets', 'ns', 'old', {
      metadata: {
        labels: { 'kubernetes.io/legacy-token-last-used': dateOf(start + day * DAY), [INVALID_SINCE]: null },
      },
    });
  await use(300);
  await on(600);
  expect(secret()?.metadata.labels?.[INVALID_SINCE]).toBeUndefined();
  await on(700);
  expect(secret()?.metadata.labels?.[INVALID_SINCE]).toBeDefined();
  await use(700);
  await on(1000);
  expect(secret()?.metadata.labels?.[INVALID_SINCE]).toBeUndefined();
});

test('a token that a pod mounts stays as long as the pod does', async () => {
  const { api, secret, on } = await setUp();
  const spec = { containers: [], volumes: [{ name: 'token', secret: { secretName: 'old' } }] };
  await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'ns' }, spec });
  await on(400);
  expect(secret()?.metadata.labels).toEqual({});
  await api.remove('pods', 'ns', 'web');
  await on(402);
  expect(secret()?.metadata.labels).toHaveProperty([INVALID_SINCE]);
});

test('the time counts from when uses are noted', async () => {
  const { api, start, secret, on } = await setUp();
  const since = dateOf(start + 100 * DAY);
  const name = 'kube-apiserver-legacy-service-account-token-tracking';
  await api.patch('configmaps', 'kube-system', name, { data: { since } });
  await on(400);
  expect(secret()?.metadata.labels).toEqual({});
  await on(470);
  expect(secret()?.metadata.labels).toHaveProperty([INVALID_SINCE]);
});

test.each<[string, Parameters<typeof setUp>[0]]>([
  ['that a person made', { named: ['other'] }],
  ['whose last use cannot be read', { labels: { 'kubernetes.io/legacy-token-last-used': '2026-02-31' } }],
])('a token %s stays as it is', async (_, options) => {
  const { secret, on } = await setUp(options);
  await on(2000);
  expect(secret()?.metadata.labels).toEqual(options?.labels ?? {});
});
