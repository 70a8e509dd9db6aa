/** A port of a pod that no container declares: a declaration is for people, and any port may be listened to. */
import { useId, useState } from 'preact/hooks';
import { t } from './messages.ts';

export function OtherPort({ onOpen }: { onOpen(port: number): void }) {
  const field = useId();
  const [text, setText] = useState('');
  const send = (event: Event): void => {
    event.preventDefault();
    onOpen(Number(text));
  };
  return (
    <form class="other-port" onSubmit={send}>
      <label for={field}>{t('another')}</label>
      <input
        id={field}
        type="number"
        min={1}
        max={65535}
        required
        inputMode="numeric"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        {t('open')}
      </button>
    </form>
  );
}
