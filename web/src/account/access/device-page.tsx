/** `#page=device`, to which `/device` leads: a person sees what a program asks for, and lets it in or not. */
import { useEffect, useState } from 'preact/hooks';
import { amend, linkTo, route } from '../../api/route.ts';
import { locale } from '../../i18n/index.ts';
import { ACCOUNT_PAGE } from '../../ui/shell/own-commands.ts';
import { Settings } from '../../ui/shell/settings.tsx';
import '../account.css';
import './access.css';
import { ApiError } from '../../api/request.ts';
import { problemText } from '../problem.ts';
import { AskedFor } from './asked-for.tsx';
import { t } from './messages.ts';
import { type AskedDevice, lookAtDevice } from './requests.ts';

export default function DevicePage() {
  const given = route.value.params.user_code ?? '';
  const [typed, setTyped] = useState(given);
  const [asked, setAsked] = useState<AskedDevice>();
  const [answer, setAnswer] = useState<'approved' | 'refused'>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const language = locale.value;
  useEffect(() => {
    document.title = `${t('device')} · Islet`;
  }, [language]);
  const look = async (code: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      setAsked(await lookAtDevice(code));
      // It is kept over a sign-in elsewhere.
      amend({ params: { user_code: code } });
    } catch (error) {
      setProblem(codeProblem(error));
    }
    setBusy(false);
  };
  useEffect(() => {
    if (given !== '') void look(given);
  }, []);
  const again = (): void => {
    setAsked(undefined);
    setAnswer(undefined);
    setTyped('');
    amend({ params: {} });
  };

  return (
    <main class="sign-in device" aria-busy={busy}>
      <header>
        <span class="brand">islet</span>
        <Settings />
      </header>
      {answer ? (
        <Answered answer={answer} again={again} />
      ) : asked ? (
        <AskedFor asked={asked} onAnswer={setAnswer} onOther={again} />
      ) : (
        <>
          <h1>{t('device')}</h1>
          <p class="lead" id="device-text">
            {t('deviceText')}
          </p>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void look(typed);
            }}
          >
            <label>
              {t('code')}
              <input
                type="text"
                class="mono code"
                required
                autofocus
                maxLength={20}
                placeholder="XXXX-XXXX"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck={false}
                aria-describedby="device-text"
                value={typed}
                onInput={({ currentTarget }) => setTyped(currentTarget.value)}
              />
            </label>
            <button type="submit" class="button is-main is-wide" disabled={busy}>
              {t('next')}
            </button>
          </form>
          <p class={`state ${problem ? 'bad' : ''}`} role={problem ? 'alert' : 'status'}>
            {problem ?? (busy ? t('looking') : '')}
          </p>
        </>
      )}
    </main>
  );
}

function codeProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return problemText(error);
  if (error.code === 429) return t('tooMany', { count: Math.ceil((error.details.retryAfterSeconds ?? 60) / 60) });
  return error.code === 404 ? t('wrongCode') : problemText(error);
}

function Answered({ answer, again }: { answer: 'approved' | 'refused'; again(): void }) {
  return (
    <>
      <h1>{t(answer)}</h1>
      <p role="status">{answer === 'approved' ? t('approvedText') : t('refusedText')}</p>
      <div class="buttons">
        <button type="button" class="button" onClick={again}>
          {t('otherCode')}
        </button>
        <a class="button" href={linkTo({ page: ACCOUNT_PAGE, params: {} })}>
          {t('toAccount')}
        </a>
      </div>
    </>
  );
}
