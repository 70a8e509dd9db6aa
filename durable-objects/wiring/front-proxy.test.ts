import { expect, test } from 'vitest';
import { frontProxyClient } from './front-proxy.ts';

test('an agent gets a certificate for its own key, and never the key of the cluster’s', async () => {
  const keys: Record<string, string> = { n1: 'spki' };
  const client = frontProxyClient(
    {
      clientPair: async () => ({ cert: 'cert', key: 'key' }),
      clientCertificate: async (name, spki) => `${name} of ${spki}`,
    },
    { clientKey: (node) => keys[node] },
  );
  expect(await client()).toEqual({ cert: 'cert', key: 'key' });
  expect(await client('n1')).toEqual({ cert: 'front-proxy-client of spki' });
  await expect(client('n2')).rejects.toThrow('the agent of node n2 has told no key for its certificate: update it');
});
