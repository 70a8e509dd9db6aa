import { expect, test } from 'vitest';
import { ADMINISTRATOR, type Claims } from '../../../wire/identity.ts';
import type { Role } from '../../../wire/sharing.ts';
import { authenticatorChain } from './authenticator.ts';
import { isletTokens } from './islet-tokens.ts';

const CLUSTER = { id: 'abcdefghij', account: 'alice' };

function setUp() {
  const revoked = new Set<string>();
  const clock = { now: 0 };
  const roles = new Map<string, Role>();
  const islet = isletTokens({
    cluster: CLUSTER,
    isRevoked: (id) => revoked.has(id),
    roleOf: ({ account = '' }) => roles.get(account),
    now: () => clock.now,
  });
  return { revoked, clock, roles, islet, authenticate: authenticatorChain([islet]) };
}

const claims = (over: Partial<Claims>): Claims => ({
  iss: 'islet',
  sub: ADMINISTRATOR.sub,
  groups: [...ADMINISTRATOR.groups],
  iat: 0,
  exp: 1000,
  jti: 'a',
  use: 'cluster',
  cluster: CLUSTER.id,
  ...over,
});

test('a kubeconfig is an administrator that RBAC could restrict, and names its token', () => {
  expect(setUp().authenticate(claims({}))).toEqual({
    ok: true,
    user: {
      name: 'islet:admin',
      groups: ['islet:cluster-admins', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': ['JTI=a'] },
    },
    audiences: ['islet'],
    credential: { id: 'a', use: 'cluster', expires: 1_000_000 },
  });
});

test('a token counts in the cluster, or for the account, that it is bound to', () => {
  const { authenticate } = setUp();
  const isTaken = (over: Partial<Claims>) => authenticate(claims({ cluster: undefined, ...over })).ok;
  expect([isTaken({ cluster: CLUSTER.id }), isTaken({ cluster: 'zzzzzzzzzz' }), isTaken({})]).toEqual([
    true,
    false,
    false,
  ]);
  for (const use of ['account', 'session'] as const) {
    expect([isTaken({ use, account: 'alice' }), isTaken({ use, account: 'bob' })]).toEqual([true, false]);
  }
  for (const use of ['code', 'stream'] as const) {
    expect(isTaken({ use, account: 'alice', cluster: CLUSTER.id })).toBe(false);
  }
});

test('a token of the owning account is a master, whom no role restricts', () => {
  const { authenticate } = setUp();
  for (const use of ['account', 'session'] as const) {
    const taken = authenticate(claims({ use, cluster: undefined, account: 'alice' }));
    expect(taken).toMatchObject({
      user: { groups: ['islet:cluster-admins', 'system:authenticated', 'system:masters'] },
    });
  }
});

test('a token of the account that is for less opens its cluster alone, and where it may only look it is no master', () => {
  const { authenticate } = setUp();
  const scoped = (scope: Claims['scope']) =>
    authenticate(claims({ use: 'account', cluster: undefined, account: 'alice', scope }));
  expect([scoped({ cluster: CLUSTER.id }).ok, scoped({ cluster: 'zzzzzzzzzz' }).ok]).toEqual([true, false]);
  expect(scoped({ readOnly: true })).toMatchObject({
    user: { name: 'islet:admin:read-only', groups: ['islet:view', 'system:authenticated'] },
  });
});

test('a member is a user with the group of the role of the moment, and the name that they chose', () => {
  const { authenticate, roles, revoked } = setUp();
  const held = claims({ use: 'session', cluster: undefined, account: 'bob', name: 'Bob' });
  expect(authenticate(held)).toEqual({ ok: false, isFinal: false, isStrange: true });
  for (const role of ['view', 'admin'] as const) {
    roles.set('bob', role);
    expect(authenticate(held)).toMatchObject({
      user: {
        name: 'islet:account:bob',
        groups: [`islet:${role}`, 'system:authenticated'],
        extra: { 'islet.dev/name': ['Bob'] },
      },
    });
  }
  revoked.add('a');
  expect(authenticate(held)).toEqual({ ok: false, isFinal: true });
});

test('a member’s kubeconfig has the rights of the role, whatever its groups say, and none in another cluster', () => {
  const { authenticate, roles } = setUp();
  const held = claims({ member: true, account: 'bob', groups: ['system:masters'] });
  expect(authenticate(held).ok).toBe(false);
  roles.set('bob', 'view');
  expect(authenticate(held)).toMatchObject({ user: { groups: ['islet:view', 'system:authenticated'] } });
  expect(authenticate({ ...held, cluster: 'zzzzzzzzzz' })).toEqual({ ok: false, isFinal: false });
});

test('a revoked token is refused for good, an expired one too, whenever it was seen before', () => {
  const { authenticate, revoked, clock } = setUp();
  const held = claims({});
  expect(authenticate(held).ok).toBe(true);
  clock.now = 1_000_000;
  expect(authenticate(held)).toEqual({ ok: false, isFinal: false });
  clock.now = 0;
  revoked.add('a');
  expect(authenticate(held)).toEqual({ ok: false, isFinal: true });
});

test('a join token is a bootstrapper, whatever it says of itself, and a node token names its node', () => {
  const { authenticate } = setUp();
  expect(authenticate(claims({ use: 'join', groups: ['system:masters'] }))).toMatchObject({
    user: { name: 'system:bootstrap:a', groups: ['system:bootstrappers', 'system:authenticated'] },
  });
  expect(authenticate(claims({ sub: 'system:node:n1', groups: ['system:nodes'], node: 'n1' }))).toMatchObject({
    user: {
      name: 'system:node:n1',
      groups: ['system:nodes', 'system:authenticated'],
      extra: { 'islet.dev/node': ['n1'] },
    },
    credential: { node: 'n1' },
  });
});

test('a token of another issuer is for another authenticator of the chain', () => {
  const { islet } = setUp();
  const foreign = claims({
    iss: 'https://islet.example/clusters/abcdefghij',
    use: 'service-account',
    sub: 'system:serviceaccount:a:b',
  });
  const user = { name: foreign.sub, uid: 'u1', groups: ['system:serviceaccounts'], extra: { pod: ['p'] } };
  const credential = { id: 'a', use: 'cluster', expires: 1 } as const;
  const seen: string[] = [];
  const serviceAccounts = (asked: Claims) => {
    seen.push(asked.sub);
    return { ok: true, user, audiences: ['api'], credential } as const;
  };
  const authenticate = authenticatorChain([islet, serviceAccounts]);
  expect(authenticate(foreign)).toMatchObject({ user, audiences: ['api'] });
  expect(authenticate(claims({})).ok).toBe(true);
  expect(seen).toEqual([foreign.sub]);
  expect(authenticatorChain([islet])(foreign)).toEqual({ ok: false, isFinal: false });
});
