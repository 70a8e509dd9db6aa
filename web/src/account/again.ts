/**
 * Actions that may be done only just after signing in: where that is too long ago, the person is asked to use a passkey
 * again, or goes to their provider and comes back.
 */
import { ApiError } from '../api/request.ts';
import { loadPerson, methods } from '../api/session.ts';
import { confirm } from '../ui/dialog.tsx';
import { t as accessText } from './access/messages.ts';
import { listIdentities, providerLink } from './access/requests.ts';
import { t } from './messages.ts';
import { usePasskey, whyNone } from './passkey.ts';
import { endSession, listCredentials, listPasskeys } from './requests.ts';

function asksForSignIn(error: unknown): boolean {
  return error instanceof ApiError && error.causes.some(({ reason }) => reason === 'SignInAgain');
}

/** False when the person would rather not. */
export async function afterSignIn(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!asksForSignIn(error)) throw error;
  }
  // Only this account's: another's passkey would sign in to another account.
  const ids = (await listPasskeys()).map(({ id }) => id);
  if (ids.length === 0 || whyNone()) {
    if (await goToProvider()) return false;
    throw new Error(await otherWay());
  }
  const agreed = await confirm({ title: t('again'), text: t('againText'), action: t('againButton') });
  if (!agreed) return false;
  await replaceSession(() => usePasskey(ids));
  await action();
  return true;
}

/** The session that was too old ends, unless something was issued out of it, which would end with it. */
async function replaceSession(signIn: () => Promise<void>): Promise<void> {
  const before = await listCredentials();
  const old = before.find(({ current }) => current)?.id;
  await signIn();
  if (old !== undefined && !before.some(({ issuer }) => issuer === old)) await endSession(old);
}

async function otherWay(): Promise<string> {
  const { kind } = await loadPerson();
  return kind === 'bootstrap' ? t('againTerminal', { dashboard: '`npx islet dashboard`' }) : t('againElse');
}

/** Whether there was one to go to. The page is left, where the person agrees. */
async function goToProvider(): Promise<boolean> {
  const [identities, { providers }] = await Promise.all([listIdentities(), methods()]);
  const known = identities.find(({ provider }) => providers.some(({ name }) => name === provider));
  const provider = providers.find(({ name }) => name === known?.provider);
  if (!provider) return false;
  const name = provider.label;
  const question = { title: t('again'), text: accessText('againText', { name }), action: t('withProvider', { name }) };
  if (await confirm(question)) location.assign(providerLink(provider.name, 'again'));
  return true;
}
