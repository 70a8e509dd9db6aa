/** The page of a browser that is not signed in. */
import { useEffect, useState } from 'preact/hooks';
import { follow, pageLink } from '../api/route.ts';
import { type ClusterRef, type Methods, methods } from '../api/session.ts';
import { locale } from '../i18n/index.ts';
import { Icon, Logo } from '../ui/icon.tsx';
import { notify } from '../ui/notices.tsx';
import { ACCOUNT_PAGE } from '../ui/shell/own-commands.ts';
import { Settings } from '../ui/shell/settings.tsx';
import { providerLink } from './access/requests.ts';
import './account.css';
import { thisBrowser } from './agent.ts';
import { t } from './messages.ts';
import { makePasskey, usePasskey, whyNone } from './passkey.ts';
import { problemText } from './problem.ts';
import { firstLook, useRecoveryCode, visit } from './requests.ts';

const RETRY_MS = 2_000;
const START = <code>npm start</code>;
const DASHBOARD = <code>npx islet dashboard</code>;

interface SignInProps {
  /** With the clusters that there are. */
  onSignedIn(clusters: ClusterRef[]): void;
  /** There was a session until now. */
  isOver: boolean;
}

export default function SignIn({ onSignedIn, isOver }: SignInProps) {
  const [ways, setWays] = useState<Methods>();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const language = locale.value;
  useEffect(() => {
    let timer: number | undefined;
    const ask = (): void => {
      methods().then(
        (found) => {
          setWays(found);
          setProblem(undefined);
        },
        (error: unknown) => {
          setProblem(problemText(error));
          timer = window.setTimeout(ask, RETRY_MS);
        },
      );
    };
    ask();
    return () => window.clearTimeout(timer);
  }, []);
  useEffect(() => {
    document.title = `${t('signIn')} · Islet`;
  }, [language]);

  const attempt = (waiting: string, way: () => Promise<ClusterRef[]>) => async (): Promise<void> => {
    setBusy(waiting);
    setProblem(undefined);
    try {
      onSignedIn(await way());
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
          onClick={attempt(t('waiting'), () => usePasskey().then(firstLook))}
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
      <RecoveryForm busy={!!busy} use={(code) => attempt('…', () => recover(code))()} />
      {ways?.local && <p class="note">{t.parts('onThisMachine', { start: START, dashboard: DASHBOARD })}</p>}
      {ways && !ways.local && !ways.signUp && ways.providers.length === 0 && <p class="note">{t('closed')}</p>}
    </main>
  );
}

function create(name: string): () => Promise<ClusterRef[]> {
  return () => makePasskey(thisBrowser(), name).then(firstLook);
}

/** Whoever needs a recovery code has lost a passkey. */
async function recover(code: string): Promise<ClusterRef[]> {
  await useRecoveryCode(code);
  const clusters = await firstLook();
  notify(t('recovered'), { action: { title: t('addPasskey'), run: () => follow(pageLink(ACCOUNT_PAGE)) } });
  return clusters;
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
