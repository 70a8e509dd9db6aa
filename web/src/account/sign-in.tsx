/** The page of a browser that is not signed in. */
import { useEffect, useState } from 'preact/hooks';
import { locale } from '../i18n/index.ts';
import { Icon, Logo } from '../ui/icon.tsx';
import { Settings } from '../ui/shell/settings.tsx';
import { providerLink } from './access/requests.ts';
import './account.css';
import { thisBrowser } from './agent.ts';
import { t } from './messages.ts';
import { makePasskey, usePasskey, whyNone } from './passkey.ts';
import { problemText } from './problem.ts';
import { checkCookie, type Methods, methods, useRecoveryCode, visit } from './requests.ts';

const START = <code>npm start</code>;
const DASHBOARD = <code>npx islet dashboard</code>;

interface SignInProps {
  onSignedIn(): void;
  /** There was a session until now. */
  isOver: boolean;
}

export default function SignIn({ onSignedIn, isOver }: SignInProps) {
  const [ways, setWays] = useState<Methods>();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const language = locale.value;
  useEffect(() => {
    methods().then(setWays, (error: unknown) => setProblem(problemText(error)));
  }, []);
  useEffect(() => {
    document.title = `${t('signIn')} · Islet`;
  }, [language]);

  const attempt = (waiting: string, way: () => Promise<unknown>) => async (): Promise<void> => {
    setBusy(waiting);
    setProblem(undefined);
    try {
      await way();
      onSignedIn();
    } catch (error) {
      setProblem(problemText(error));
      setBusy(undefined);
    }
  };
  const none = whyNone();
  return (
    <main class="sign-in" aria-busy={busy !== undefined}>
      <header>
        <span class="brand">
          <Logo />
          islet
        </span>
        <Settings />
      </header>
      <h1>{t('signInTo')}</h1>
      {isOver ? <p role="alert">{t('sessionOver')}</p> : <p class="lead">{t('welcome')}</p>}
      {ways?.visitors && (
        <>
          <button
            type="button"
            class="button is-main is-wide"
            disabled={!!busy}
            onClick={attempt(t('starting'), visit)}
          >
            {t('start')}
          </button>
          <p class="note">{t('startText')}</p>
          <p class="or">{t('or')}</p>
        </>
      )}
      {none ? (
        <p class="notice">{none === 'browser' ? t('noPasskeys') : t('noPasskeysHere', { host: location.host })}</p>
      ) : (
        <button
          type="button"
          class={`button is-wide ${ways?.visitors ? '' : 'is-main'}`}
          disabled={!!busy}
          onClick={attempt(t('waiting'), () => usePasskey().then(checkCookie))}
        >
          <Icon name="person" />
          {t('withPasskey')}
        </button>
      )}
      {ways?.providers.map(({ name, label }) => (
        <a key={name} class="button is-wide" href={providerLink(name)}>
          {t('withProvider', { name: label })}
        </a>
      ))}
      {/* Takes its room before there is a text, so that nothing jumps. */}
      <p class={`state ${problem ? 'bad' : ''}`} role={problem ? 'alert' : 'status'}>
        {problem ?? busy}
      </p>
      {ways?.signUp && !none && <NewAccount busy={!!busy} create={(name) => attempt(t('waiting'), create(name))()} />}
      <RecoveryForm busy={!!busy} use={(code) => attempt('…', () => useRecoveryCode(code).then(checkCookie))()} />
      {ways?.local && <p class="note">{t.parts('onThisMachine', { start: START, dashboard: DASHBOARD })}</p>}
      {ways && !ways.local && !ways.signUp && ways.providers.length === 0 && <p class="note">{t('closed')}</p>}
    </main>
  );
}

function create(name: string): () => Promise<void> {
  return () => makePasskey(thisBrowser(), name).then(checkCookie);
}

function NewAccount({ busy, create }: { busy: boolean; create(name: string): void }) {
  const [name, setName] = useState('');
  return (
    <details>
      <summary>{t('newAccount')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create(name);
        }}
      >
        <p class="note">{t('newAccountText')}</p>
        <label>
          {t('yourName')}
          <input
            type="text"
            maxLength={60}
            autocomplete="name"
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={busy}>
          {t('create')}
        </button>
      </form>
    </details>
  );
}

function RecoveryForm({ busy, use }: { busy: boolean; use(code: string): void }) {
  const [code, setCode] = useState('');
  return (
    <details>
      <summary>{t('useCode')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          use(code);
        }}
      >
        <label>
          {t('code')}
          <input
            type="text"
            class="mono"
            required
            maxLength={200}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-describedby="code-text"
            value={code}
            onInput={({ currentTarget }) => setCode(currentTarget.value)}
          />
        </label>
        <p class="note" id="code-text">
          {t('codeText')}
        </p>
        <button type="submit" class="button" disabled={busy}>
          {t('signIn')}
        </button>
      </form>
    </details>
  );
}
