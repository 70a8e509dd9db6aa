import type { Result } from '../../../wire/rpc.ts';
import type { Handlers } from '../../../wire/rpc-call.ts';
import { type Ceremony, type PasskeysRpc, UNKNOWN_PASSKEY } from '../../../wire/ways-in-rpc.ts';
import { refuse } from '../account-clusters.ts';
import type { AccountParts } from './account.ts';
import { MAX_PASSKEYS, type PasskeyRecord, summaryOf } from './passkeys.ts';
import { isAnswer, verifyMade, verifyUsed } from './verify-passkey.ts';

const TAKEN = 'there is an account of this name: try again';
const NO_ANSWER = 'response must be the answer of an authenticator: PublicKeyCredential.toJSON()';
const SPENT = 'this took longer than 5 minutes, or was sent twice: try again';
const UNKNOWN = 'this passkey leads to no account any more: sign in another way';
const COPIED = 'the passkey was refused, since its counter went back: another device may have a copy of it';
const KNOWN = 'this passkey is known already';
const TOO_MANY = `an account may have ${MAX_PASSKEYS} passkeys, and has them: remove one first`;
const noSuchPasskey = (id: string): Result<never> => refuse('NotFound', `passkeys ${JSON.stringify(id)} not found`);

/** The answer to a passkey that leads nowhere. */
export function refuseUnknown(): Result<never> {
  const { status } = refuse('Unauthorized', UNKNOWN);
  return { ok: false, status: { ...status, details: { causes: [{ reason: UNKNOWN_PASSKEY, message: UNKNOWN }] } } };
}

/** Passkeys: made, used for signing in, listed and removed. */
export function passkeyHandlers(parts: AccountParts): Handlers<PasskeysRpc> {
  const { passkeys, challenges, people, issuer, waysIn, now, as } = parts;

  /** The passkey that was made, which is not kept yet. */
  const make = async (ceremony: Ceremony, label: string): Promise<Result<PasskeyRecord>> => {
    if (!isAnswer(ceremony.response)) return refuse('BadRequest', NO_ANSWER);
    if (!challenges.take(ceremony.challenge, ceremony.expires, now())) return refuse('BadRequest', SPENT);
    const checked = await verifyMade(ceremony);
    if (!checked.ok) return refuse('BadRequest', `the passkey was refused: ${checked.problem}`);
    if (passkeys.find(checked.made.id)) return refuse('Conflict', KNOWN);
    if (passkeys.count >= MAX_PASSKEYS) return refuse('Forbidden', TOO_MANY);
    return { ok: true, value: { ...checked.made, label, created: now() } };
  };

  return {
    passkeyUser: ({ credential, account }) =>
      as(credential, () => {
        const value = {
          name: people.profile(account, now()).name,
          passkeys: passkeys.list().map(({ id, transports }) => ({ id, transports })),
        };
        return waysIn.refuses(credential) ?? { ok: true, value };
      }),

    addPasskey: ({ credential, label, ...ceremony }) =>
      as(credential, async () => {
        const refused = waysIn.refuses(credential);
        if (refused) return refused;
        const made = await make(ceremony, label);
        if (!made.ok) return made;
        passkeys.add(made.value);
        people.becomePerson();
        return { ok: true, value: summaryOf(made.value) };
      }),

    beginWithPasskey: async ({ account, label, name, agent, ...ceremony }) => {
      const made = await make(ceremony, label);
      if (!made.ok) return made;
      if (!people.begin('person', now())) return refuse('AlreadyExists', TAKEN);
      passkeys.add(made.value);
      if (name !== '') people.rename(account, name, now());
      return issuer.signIn(account, 'passkey', agent);
    },

    signInWithPasskey: async ({ account, agent, ...ceremony }) => {
      const { response, challenge, expires } = ceremony;
      if (!isAnswer(response)) return refuse('BadRequest', NO_ANSWER);
      const known = passkeys.find(response.id);
      if (!known) return refuseUnknown();
      if (!challenges.take(challenge, expires, now())) return refuse('Unauthorized', SPENT);
      const checked = await verifyUsed(ceremony, known);
      if (!checked.ok) return refuse('Unauthorized', `the passkey was refused: ${checked.problem}`);
      const isNoted = passkeys.use(known.id, checked.counter, checked.backedUp, now());
      return isNoted ? issuer.signIn(account, 'passkey', agent) : refuse('Unauthorized', COPIED);
    },

    listPasskeys: ({ credential }) => as(credential, () => ({ ok: true, value: passkeys.list().map(summaryOf) })),

    renamePasskey: ({ credential, id, label }) =>
      as(credential, () => {
        passkeys.rename(id, label);
        const found = passkeys.find(id);
        return found ? { ok: true, value: summaryOf(found) } : noSuchPasskey(id);
      }),

    removePasskey: ({ credential, id }) =>
      as(credential, () => {
        const found = passkeys.find(id);
        if (!found) return noSuchPasskey(id);
        const refused = waysIn.refuses(credential) ?? waysIn.refusesToRemoveOne();
        if (refused) return refused;
        passkeys.remove(id);
        return { ok: true, value: summaryOf(found) };
      }),
  };
}
