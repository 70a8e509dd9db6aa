import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountBinding } from './identity.ts';
import { accountPayload, legacyPayload, readAccountPayload } from './service-account-tokens.ts';

const name = fc.stringMatching(/^[a-z0-9.-]{1,20}$/);
const bound = fc.record({ name, uid: fc.uuid() });
const binding: fc.Arbitrary<AccountBinding> = fc.record(
  {
    audiences: fc.array(fc.string(), { minLength: 1 }),
    namespace: name,
    account: bound,
    pod: bound,
    node: bound,
    secret: bound,
  },
  { requiredKeys: ['audiences', 'namespace', 'account'] },
);

test('the payload of a token is read as it was written', () => {
  fc.assert(
    fc.property(binding, fc.uuid(), (asked, jti) => {
      const order = { issuer: 'https://i', cluster: 'c', binding: asked, jti, now: 100, expires: 600 };
      expect(readAccountPayload(accountPayload(order), 's')).toEqual({
        iss: 'https://i',
        sub: `system:serviceaccount:${asked.namespace}:${asked.account.name}`,
        groups: [],
        use: 'service-account',
        cluster: 'c',
        iat: 100,
        exp: 700,
        jti,
        serviceAccount: asked,
      });
    }),
    { numRuns: 50 },
  );
});

test('a legacy token is known by its signature', () => {
  const payload = legacyPayload('c', 'ns', { name: 'a', uid: 'u' }, 'token');
  expect(readAccountPayload(payload, 'signature')).toMatchObject({
    jti: 'signature',
    exp: 2 ** 32,
    serviceAccount: { legacySignature: 'signature', secret: { name: 'token' }, account: { name: 'a', uid: 'u' } },
  });
  expect(readAccountPayload({ ...payload, sub: 'system:serviceaccount:ns:b' }, 'signature')).toBeUndefined();
});

test('no payload whatever makes the reader throw, or half a token', () => {
  const part = fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), uid: fc.jsonValue() }));
  const own = fc.record({ namespace: fc.jsonValue(), serviceaccount: part, pod: part, node: part, secret: part });
  const payload = fc.record(
    {
      iss: fc.oneof(fc.constant('kubernetes/serviceaccount'), fc.jsonValue()),
      sub: fc.jsonValue(),
      aud: fc.jsonValue(),
      exp: fc.jsonValue(),
      iat: fc.jsonValue(),
      jti: fc.jsonValue(),
      'islet.dev/cluster': fc.oneof(fc.constant('c'), fc.jsonValue()),
      'kubernetes.io': fc.oneof(own, fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(payload, (made) => {
      const claims = readAccountPayload(made as Parameters<typeof readAccountPayload>[0], 's');
      if (claims) expect(typeof claims.cluster).toBe('string');
    }),
    { numRuns: 100 },
  );
});
