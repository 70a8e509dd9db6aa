import { expect, test } from 'vitest';
import { type Call, causeOf } from './call.ts';
import type { ApiRequest } from './request.ts';

test('client-chosen texts are cut before they are stored as a cause', () => {
  const long = 'x'.repeat(16_000);
  const call = {
    request: { header: (name: string) => (name === 'user-agent' ? `${long} (linux)` : undefined) } as ApiRequest,
    info: { verb: 'create', subresource: '' },
    user: { name: long, groups: [] },
    now: 0,
    auditID: long,
  } as unknown as Call;
  const cause = causeOf(call);
  expect(JSON.stringify(cause).length).toBeLessThan(600);
  expect(cause).toMatchObject({ kind: 'request', id: 'x'.repeat(64), agent: 'x'.repeat(128) });
});
