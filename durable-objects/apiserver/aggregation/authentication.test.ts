import { expect, test } from 'vitest';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { ConfigMap } from '../../../kube/types.ts';
import type { Call } from '../call.ts';
import { testApi } from '../testing/harness.ts';
import { Authentication } from './authentication.ts';

const PATH = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
const ASKED = { info: { namespace: 'kube-system', name: '' }, request: {} } as unknown as Call;

test('another write beside that of the authorities does not take their place', async () => {
  const { api, store, call, clock } = await testApi();
  let other: (() => Promise<unknown>) | undefined;
  const once = async (): Promise<void> => {
    const write = other;
    other = undefined;
    await write?.();
  };
  const authentication = new Authentication({
    store,
    authorities: async () => ({ client: 'client', frontProxy: 'front-proxy' }),
    now: () => clock.time,
    api: {
      async handle(request) {
        if (request.method === 'PUT') await once();
        const answer = await api.handle(request);
        await once();
        return answer;
      },
    },
  });
  const stored = () =>
    JSON.parse(
      store.get(keyOf('configmaps', 'kube-system', 'extension-apiserver-authentication'))?.text ?? '',
    ) as ConfigMap;
  let changes = 0;
  const change = () =>
    call(`PATCH ${PATH}`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { data: { 'client-ca-file': `of another ${++changes}` } },
    });
  // After the one that makes it, and before one that would mend it.
  for (const before of [false, true]) {
    if (before) await change();
    other = change;
    await authentication.readyFor(ASKED);
    expect(stored().data?.['client-ca-file']).toContain('of another');
    await authentication.readyFor(ASKED);
    expect(stored().data?.['client-ca-file']).toBe('client');
    expect(authentication.readyFor(ASKED)).toBeUndefined();
  }
});
