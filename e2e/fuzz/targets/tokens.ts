import fc from 'fast-check';
import { testKeys } from '../../../durable-objects/apiserver/testing/identity.ts';
import { decodeClientMessage, decodeServerFrame } from '../../../wire/socket.ts';
import { keySetFrom } from '../../../wire/tokens.ts';
import { TokenVerifier } from '../../../worker/auth/verify.ts';
import { JudgedApi } from '../api.ts';
import { target, timed } from '../target.ts';

const claim = fc.oneof(
  fc.constantFrom<unknown>('islet', 'islet:admin', 'cluster', 'node', '', null, -1, 0, 1e300, [], {}, [
    'system:masters',
  ]),
  fc.jsonValue({ maxDepth: 2 }),
);
const claims = fc.dictionary(
  fc.constantFrom('iss', 'sub', 'aud', 'iat', 'exp', 'nbf', 'jti', 'use', 'groups', 'cluster', 'kubernetes.io', 'node'),
  claim,
  { noNullPrototype: true },
);
const head = fc.record(
  {
    alg: fc.constantFrom('ES256', 'none', 'HS256', 'RS256', 'es256', ''),
    kid: fc.constantFrom('test', '', '../x', '__proto__'),
    typ: fc.constant('JWT'),
    crit: fc.constant(['x']),
    jwk: fc.constant({ kty: 'EC' }),
  },
  { requiredKeys: [] },
);

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const tokens = target({
  name: 'tokens',
  about: 'bearer tokens, forged and torn, at the edge and in TokenReviews; none is let in',
  quickRuns: 150,
  input: fc.record({
    head,
    claims,
    signature: fc.oneof(fc.string({ maxLength: 90 }), fc.uint8Array({ minLength: 64, maxLength: 64 })),
    form: fc.constantFrom('whole', 'two', 'four', 'raw'),
    raw: fc.string({ unit: 'binary', maxLength: 60 }),
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    const verifier = new TokenVerifier(testKeys());
    return {
      async attempt({ head: header, claims: payload, signature, form, raw }) {
        const signed = typeof signature === 'string' ? signature : Buffer.from(signature).toString('base64url');
        const whole = `${part(header)}.${part(payload)}.${signed}`;
        const token = { whole, two: `${part(header)}.${part(payload)}`, four: `${whole}.x`, raw }[form];
        const verified = await timed(limits, () => verifier.verify(token, Date.now()));
        if (verified && !verified.refusal) throw new Error(`let in: ${token}`);
        const path = '/apis/authentication.k8s.io/v1/tokenreviews';
        const reviewed = await api.ask({ method: 'POST', path, body: JSON.stringify({ spec: { token } }) });
        if (reviewed.body?.status?.authenticated) throw new Error(`authenticated: ${token}`);
      },
    };
  },
});

const message = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.json({ maxDepth: 3 }),
  fc
    .record(
      {
        type: fc.constantFrom('subscribe', 'unsubscribe', 'credit', 'ping', 'x', null),
        id: fc.oneof(fc.integer(), fc.double(), fc.string({ maxLength: 3 })),
        path: fc.string({ maxLength: 20 }),
        bytes: fc.oneof(fc.integer(), fc.constantFrom(1e300, -1, 'x')),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

export const frames = target({
  name: 'frames',
  about: 'messages of sockets, and key sets',
  quickRuns: 300,
  input: message,
  open: (limits) => ({
    attempt: (text) =>
      timed(limits, () => {
        decodeClientMessage(text);
        for (const read of [decodeServerFrame, keySetFrom]) {
          try {
            read(text);
          } catch (error) {
            // Both are read of one's own programs: what is wrong is an error, and no endless work.
            if (error instanceof RangeError) throw error;
          }
        }
      }),
  }),
});
