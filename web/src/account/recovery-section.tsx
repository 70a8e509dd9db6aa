import { useState } from 'preact/hooks';
import { Age } from '../ui/age.tsx';
import { confirm, Dialog } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { afterSignIn } from './again.ts';
import { t } from './messages.ts';
import { newRecoveryCodes, recoveryCodes } from './requests.ts';
import { attempt, Section, type SectionContext } from './section.tsx';
import { useLoaded } from './use-loaded.ts';

export function RecoverySection({ person }: SectionContext) {
  const { value, problem, reload } = useLoaded(recoveryCodes);
  const [shown, setShown] = useState<string[]>();
  // Codes are for when a passkey is lost: a visitor has none.
  if (person.kind === 'visitor') return null;
  const had = value?.created !== undefined;
  const make = async (): Promise<void> => {
    const question = { title: t('newCodesAsk'), text: t('newCodesText'), action: t('newCodes') };
    if (had && !(await confirm(question))) return;
    await afterSignIn(async () => setShown(await newRecoveryCodes()));
    await reload();
  };
  return (
    <Section
      title={t('recovery')}
      text={t('recoveryText')}
      problem={problem}
      actions={
        <button type="button" class="button" onClick={() => void attempt(make)}>
          {had ? t('newCodes') : t('makeCodes')}
        </button>
      }
    >
      {value && (
        <p class={had && value.left > 0 ? '' : 'busy'}>
          {had ? t('recoveryLeft', { count: value.left }) : t('recoveryNone')}
          {had && (
            <span class="about">
              {' · '}
              {t.parts('created', { age: <Age since={value.created} /> })}
            </span>
          )}
        </p>
      )}
      {shown && <Codes codes={shown} onDone={() => setShown(undefined)} />}
    </Section>
  );
}

function Codes({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  const text = `${codes.join('\n')}\n`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    notify(t('copied'));
  };
  return (
    <Dialog title={t('codesShown')} onClose={onDone} class="wide">
      <p class="text">{t('codesShownText')}</p>
      <ol class="codes">
        {codes.map((code) => (
          <li key={code} class="mono">
            {code}
          </li>
        ))}
      </ol>
      <div class="buttons">
        <button type="button" class="button" onClick={() => void attempt(copy)}>
          {t('copy')}
        </button>
        <a class="button" href={`data:text/plain,${encodeURIComponent(text)}`} download="islet-recovery-codes.txt">
          {t('download')}
        </a>
        <button type="button" class="button is-main" onClick={onDone}>
          {t('done')}
        </button>
      </div>
    </Dialog>
  );
}
