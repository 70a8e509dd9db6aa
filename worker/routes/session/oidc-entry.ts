/** From a person at a provider to an account: by the identity's object, or to an account that begins. */

import { isRandomName, newAccountName } from '../../../wire/account-names.ts';
import type { NewSession } from '../../../wire/account-rpc.ts';
import type { IdentityRpc, NewIdentity } from '../../../wire/identity-rpc.ts';
import type { Result } from '../../../wire/rpc.ts';
import { type Callable, rpcOf } from '../../../wire/rpc-call.ts';
import { accountOf } from '../../auth/authenticate.ts';
import { identityKey, type Person } from '../../auth/oidc/client.ts';
import type { Provider } from '../../auth/oidc/providers.ts';
import type { BegunSignIn } from '../../auth/oidc/sign-in-cookie.ts';
import type { Env } from '../../env.ts';
import { bringClustersOf } from './bring-clusters.ts';

export type Entry =
  /** Without a session where the browser has one already. */
  | { what: 'entered'; session?: NewSession }
  | { what: 'spent' }
  | { what: 'other account' }
  | { what: 'not this account' }
  | { what: 'refused'; code: number; message: string };

export async function enter(
  env: Env,
  provider: Provider,
  { state, expires, purpose, session }: BegunSignIn,
  person: Person,
  agent: string,
): Promise<Entry> {
  const key = await identityKey(person.issuer, person.subject);
  const identity = {
    key,
    provider: provider.name,
    issuer: person.issuer,
    subject: person.subject,
    label: person.label,
  };
  const object = identityOf(env, key);
  const found = await object.find({ signIn: state, expires });
  if (found === 'spent') return { what: 'spent' };
  if (purpose === 'again' && found.account !== session?.account) return { what: 'not this account' };
  if (purpose === 'link' && session) return link(env, object, found.account, identity, session, agent);
  if (found.account === undefined && session && (await isVisitor(env, session))) {
    // The clusters of a visitor who signs in for the first time stay where they are.
    return link(env, object, undefined, identity, session, agent);
  }
  return signIn(env, object, identity, { name: person.name, agent }, session);
}

async function link(
  env: Env,
  object: IdentityRpc,
  leadsTo: string | undefined,
  identity: NewIdentity,
  { account, credential }: NonNullable<BegunSignIn['session']>,
  agent: string,
): Promise<Entry> {
  if (leadsTo !== undefined && leadsTo !== account) return { what: 'other account' };
  const rpc = accountOf(env, account);
  const may = await rpc.mayLinkIdentity({ credential });
  if (!may.ok) return refused(may);
  // The object goes first: an account's list must name no identity that leads elsewhere.
  if ((await object.claim({ account })) !== account) return { what: 'other account' };
  const linked = await rpc.linkIdentity({ credential, account, identity, agent });
  if (linked.ok) return { what: 'entered', ...linked.value };
  if (leadsTo === undefined) await object.release({ account });
  return refused(linked);
}

async function signIn(
  env: Env,
  object: IdentityRpc,
  identity: NewIdentity,
  more: { name: string; agent: string },
  before: BegunSignIn['session'],
): Promise<Entry> {
  // The second time round for an object that leads to an account which knows the identity no longer.
  for (let round = 0; ; round++) {
    const account = await object.claim({ account: newAccountName() });
    const replaces = before?.account === account ? before.credential : undefined;
    const request = { account, identity, ...more, begins: isRandomName(account), replaces };
    const result = await accountOf(env, account).signInWithIdentity(request);
    if (result.ok && before) await bringClustersOf(env, before, account);
    if (result.ok) return { what: 'entered', session: result.value };
    if (result.status.code !== 404 || round > 0) return refused(result);
    await object.release({ account });
  }
}

async function isVisitor(env: Env, { account, credential }: NonNullable<BegunSignIn['session']>): Promise<boolean> {
  const profile = await accountOf(env, account).profile({ credential, account });
  return profile.ok && profile.value.kind === 'visitor';
}

function refused(result: Result<unknown> & { ok: false }): Entry {
  return { what: 'refused', code: result.status.code, message: result.status.message ?? '' };
}

export function identityOf(env: Env, key: string): IdentityRpc {
  return rpcOf<IdentityRpc>(env.IDENTITY.getByName(`oidc:${key}`) as unknown as Callable);
}
