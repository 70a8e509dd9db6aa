import { expect, test } from 'vitest';
import { chooseLogProtocol, isTextLog } from './log-protocol.ts';

test('the first protocol that the client names and that is spoken counts, and a token is none', () => {
  const token = 'base64url.bearer.authorization.k8s.io.YQ';
  const chosen = [null, `${token}, base64.binary.k8s.io`, 'x, binary.k8s.io, base64.binary.k8s.io', token];
  expect(chosen.map(chooseLogProtocol)).toEqual(
    ['', 'base64.binary.k8s.io', 'binary.k8s.io', ''].map((protocol) => ({ protocol })),
  );
  expect(chooseLogProtocol('x, y')).toEqual({
    refusal: 'requested protocol(s) are not supported: [x y]; supports [ binary.k8s.io base64.binary.k8s.io]',
  });
  expect(['', 'binary.k8s.io', 'base64.binary.k8s.io'].map(isTextLog)).toEqual([false, false, true]);
});
