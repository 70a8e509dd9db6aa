/** What may be done just after signing in only: the person is asked to use a passkey again where that is too long ago. */
import { ApiError } from '../api/request.ts';
import { confirm } from '../ui/dialog.tsx';
import { t } from './messages.ts';
import { usePasskey, whyNone } from './passkey.ts';
import { listPasskeys, profile } from './requests.ts';

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
  if (ids.length === 0 || whyNone()) throw new Error(await otherWay());
  const agreed = await confirm({ title: t('again'), text: t('againText'), action: t('againButton') });
  if (!agreed) return false;
  await usePasskey(ids);
  await action();
  return true;
}

async function otherWay(): Promise<string> {
  const { kind } = await profile();
  return kind === 'bootstrap' ? t('againTerminal', { dashboard: '`npx islet dashboard`' }) : t('againElse');
}
