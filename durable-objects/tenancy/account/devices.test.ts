import { expect, test } from 'vitest';
import { TestAccount, value } from '../../testing/account.ts';

const MINUTE = 60_000;
const DAY_SECONDS = 24 * 3600;
const ASK = { account: 'ada', label: 'islet on laptop' };
const REDEEM = { account: 'ada', seconds: 90 * DAY_SECONDS };

test('a person who has just signed in lets a device in, once, for longer than the session', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const { approval } = value(await account.rpc.approveDevice({ ...ASK, credential, readOnly: true }));
  const made = await account.rpc.redeemDevice({ ...REDEEM, approval });
  expect(await account.rpc.redeemDevice({ ...REDEEM, approval })).toBeUndefined();
  const { jti, scope } = await account.claims(made?.token ?? '');
  expect([made?.seconds, scope]).toEqual([REDEEM.seconds, { readOnly: true }]);
  value(await account.rpc.revoke({ credential, id: credential }));
  const [listed] = value(await account.rpc.listCredentials({ credential: jti }));
  expect(listed).toMatchObject({ id: jti, by: 'device', label: 'islet on laptop', scope: { readOnly: true } });
});

test('an approval is not for long, and ends with all that is revoked', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  const late = value(await account.rpc.approveDevice({ ...ASK, credential }));
  await account.pass(11 * MINUTE);
  expect(await account.rpc.redeemDevice({ ...REDEEM, ...late })).toBeUndefined();
  const revoked = value(await account.rpc.approveDevice({ ...ASK, credential }));
  value(await account.rpc.open({ account: 'ada', reset: true }));
  expect(await account.rpc.redeemDevice({ ...REDEEM, ...revoked })).toBeUndefined();
});

test('a code of a dashboard is no approval', async () => {
  const account = new TestAccount();
  const { token } = value(await account.rpc.open({ account: 'ada', reset: false }));
  const { jti: credential } = await account.claims(token);
  const { code } = value(await account.rpc.mintCode({ credential, account: 'ada' }));
  const { jti: approval } = await account.claims(code);
  expect(await account.rpc.redeemDevice({ ...REDEEM, approval })).toBeUndefined();
  expect(await account.rpc.redeemCode({ account: 'ada', jti: approval, agent: '' })).toBeDefined();
});

test('later a person signs in again first; a visitor cannot, so the device’s token ends with the visit', async () => {
  const person = new TestAccount();
  const session = await person.begin();
  await person.pass(16 * MINUTE);
  expect(await person.rpc.approveDevice({ ...ASK, credential: session })).toMatchObject({
    status: { code: 403, details: { causes: [{ reason: 'SignInAgain' }] } },
  });
  const visitor = new TestAccount();
  const visit = await visitor.begin('visitor');
  await visitor.pass(16 * MINUTE);
  const { approval } = value(await visitor.rpc.approveDevice({ ...ASK, credential: visit }));
  const { jti } = await visitor.claims((await visitor.rpc.redeemDevice({ ...REDEEM, approval }))?.token ?? '');
  value(await visitor.rpc.revoke({ credential: visit, id: visit }));
  expect(await visitor.rpc.listCredentials({ credential: jti })).toMatchObject({ status: { code: 401 } });
});

test('the owner lets a device in from the dashboard that the terminal opened, for as long as the terminal', async () => {
  const account = new TestAccount();
  const { token } = value(await account.rpc.open({ account: 'ada', reset: false }));
  const { jti: terminal } = await account.claims(token);
  const { code } = value(await account.rpc.mintCode({ credential: terminal, account: 'ada' }));
  const { jti } = await account.claims(code);
  const session = await account.rpc.redeemCode({ account: 'ada', jti, agent: '' });
  const { jti: credential } = await account.claims(session?.token ?? '');
  const { approval } = value(await account.rpc.approveDevice({ ...ASK, credential }));
  const made = await account.rpc.redeemDevice({ ...REDEEM, approval });
  expect(made?.seconds).toBe(REDEEM.seconds);
  value(await account.rpc.revoke({ credential: terminal, id: terminal }));
  const { jti: device } = await account.claims(made?.token ?? '');
  expect(await account.rpc.listCredentials({ credential: device })).toMatchObject({ status: { code: 401 } });
});

test('a device for a cluster that there is not is refused, and codes are looked for only so often', async () => {
  const account = new TestAccount();
  const credential = await account.begin();
  expect(await account.rpc.approveDevice({ ...ASK, credential, cluster: 'else' })).toMatchObject({
    status: { code: 404 },
  });
  for (let i = 0; i < 30; i++) value(await account.rpc.mayLookForDevice({ credential }));
  expect(await account.rpc.mayLookForDevice({ credential })).toMatchObject({
    status: { code: 429, details: { retryAfterSeconds: 3600 } },
  });
  await account.pass(61 * MINUTE);
  value(await account.rpc.mayLookForDevice({ credential }));
});
