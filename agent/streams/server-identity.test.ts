import { expect, test } from 'vitest';
import { wrongIdentity } from './server-identity.ts';

const FAILED = 'tls: failed to verify certificate: x509: ';

/** What Go says of certificates with these names is what is expected here. */
const said = (host: string, subjectaltname: string | undefined, CN = 'x') => {
  const certificate = { raw: Buffer.alloc(0), subjectaltname, subject: { CN } };
  return wrongIdentity(host, certificate as never)?.message.slice(FAILED.length);
};

test('a name counts where it is a SAN, with a star for one whole label', () => {
  const wrong = 'certificate is valid for';
  for (const [host, names] of [
    ['hook.default.svc', 'DNS:other, DNS:hook.default.svc'],
    ['HOOK.default.svc.', 'DNS:hook.Default.svc'],
    ['hook.default.svc', 'DNS:*.default.svc'],
    ['default.svc', 'DNS:*.svc'],
  ] as const) {
    expect(said(host, names)).toBeUndefined();
  }
  expect(said('hook.default.svc', 'DNS:ho*.default.svc')).toBe(`${wrong} ho*.default.svc, not hook.default.svc`);
  expect(said('a.hook.svc', 'DNS:*.svc')).toBe(`${wrong} *.svc, not a.hook.svc`);
  expect(said('hook.default.svc', 'DNS:a, IP Address:10.0.0.1, DNS:b')).toBe(`${wrong} a, b, not hook.default.svc`);
});

test('the Common Name is no name', () => {
  const legacy = 'certificate relies on legacy Common Name field, use SANs instead';
  expect(said('hook.default.svc', undefined, 'hook.default.svc')).toBe(legacy);
  const none = 'certificate is not valid for any names, but wanted to match hook.default.svc';
  expect(said('hook.default.svc', undefined)).toBe(none);
  expect(said('hook.default.svc', 'email:a@b.c', 'hook.default.svc')).toBe(none);
  // The text of another sort of name does not pass for a DNS name.
  expect(said('hook.default.svc', 'URI:"https://a/, DNS:hook.default.svc"')).toBe(none);
});
