/** The access that a program asks for, and the two answers. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Age } from '../../ui/age.tsx';
import { afterSignIn } from '../again.ts';
import { attempt } from '../section.tsx';
import { t } from './messages.ts';
import { type AskedDevice, decideDevice } from './requests.ts';
import { lengthText } from './time.ts';

interface AskedForProps {
  asked: AskedDevice;
  onAnswer(answer: 'approved' | 'refused'): void;
  onOther(): void;
}

export function AskedFor({ asked, onAnswer, onOther }: AskedForProps) {
  const { userCode, client, address, created, seconds } = asked;
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const decide = async (approve: boolean): Promise<void> => {
    setBusy(true);
    await attempt(async () => {
      const isDone = await afterSignIn(() => decideDevice(userCode, approve));
      if (isDone) onAnswer(approve ? 'approved' : 'refused');
    });
    setBusy(false);
  };
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {t('asks', { name: client })}
      </h1>
      <p>{t('sameCode')}</p>
      <p class="mono code">{userCode}</p>
      <dl class="facts">
        <dt>{t('may')}</dt>
        <dd>{rightsText(asked)}</dd>
        <dt>{t('forTime')}</dt>
        <dd>{lengthText(seconds)}</dd>
        {address !== '' && (
          <>
            <dt>{t('from')}</dt>
            <dd>{address}</dd>
          </>
        )}
        <dt>{t('asked')}</dt>
        <dd>{t.parts('ago', { age: <Age since={created} /> })}</dd>
      </dl>
      <div class="buttons">
        <button type="button" class="button" disabled={busy} onClick={() => void decide(false)}>
          {t('refuse')}
        </button>
        <button type="button" class="button is-main" disabled={busy} onClick={() => void decide(true)}>
          {t('approve')}
        </button>
      </div>
      <p class="note">
        <button type="button" onClick={onOther}>
          {t('otherCode')}
        </button>
      </p>
    </>
  );
}

function rightsText({ cluster, readOnly }: AskedDevice): string {
  if (cluster === undefined) return readOnly ? t('mayLook') : t('mayAll');
  return readOnly ? t('mayLookAt', { name: cluster }) : t('mayUse', { name: cluster });
}
