/** `#page=account`: the person, and all that leads to the account. Sections stand in the order of the list. */
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { linkTo } from '../api/route.ts';
import { loadPerson } from '../api/session.ts';
import { ForwardSection } from '../forwards/forward-section.tsx';
import { locale } from '../i18n/index.ts';
import { confirm } from '../ui/dialog.tsx';
import { Logo } from '../ui/icon.tsx';
import { Settings } from '../ui/shell/settings.tsx';
import { IdentitySection } from './access/identity-section.tsx';
import { TokenSection } from './access/token-section.tsx';
import './access/access.css';
import './account.css';
import { t } from './messages.ts';
import { PasskeySection } from './passkey-section.tsx';
import { ProfileSection } from './profile-section.tsx';
import { RecoverySection } from './recovery-section.tsx';
import { signOut } from './requests.ts';
import { attempt, type SectionContext } from './section.tsx';
import { SessionSection } from './session-section.tsx';
import { UsageSection } from './usage/usage-section.tsx';
import { useLoaded } from './use-loaded.ts';

const SECTIONS: readonly ComponentType<SectionContext>[] = [
  ProfileSection,
  PasskeySection,
  IdentitySection,
  RecoverySection,
  SessionSection,
  ForwardSection,
  TokenSection,
  UsageSection,
];

export default function AccountPage() {
  const { value: person, problem, reload } = useLoaded(loadPerson);
  const language = locale.value;
  useEffect(() => {
    document.title = `${t('account')} · Islet`;
  }, [language]);
  return (
    <div class="account">
      <header class="top">
        <a class="brand" href={linkTo({ page: undefined, params: {} })}>
          <Logo />
          islet
        </a>
        <a class="button" href={linkTo({ page: undefined, params: {} })}>
          {t('back')}
        </a>
        <span class="end">
          <button type="button" class="button" onClick={() => void attempt(() => leave(person?.kind === 'visitor'))}>
            {t('signOut')}
          </button>
          <Settings />
        </span>
      </header>
      <main id="content" tabIndex={-1}>
        <h1>{t('account')}</h1>
        {problem && (
          <p class="notice bad" role="alert">
            {problem}
          </p>
        )}
        {person && SECTIONS.map((Content, index) => <Content key={index} person={person} reload={reload} />)}
      </main>
    </div>
  );
}

async function leave(visitor: boolean): Promise<void> {
  const question = { title: t('leave'), text: t('leaveText'), action: t('leaveAnyway'), danger: true };
  if (!visitor || (await confirm(question))) await signOut();
}
