/** Copies a text, and says so. */
import { Icon } from '../ui/icon.tsx';
import { notify } from '../ui/notices.tsx';
import { t } from './messages.ts';

export function CopyButton({ text }: { text: string }) {
  const copy = (): void => {
    // A page that came over plain HTTP has no clipboard.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    written.then(
      () => notify(t('copied')),
      () => notify(t('notCopied'), { tone: 'bad' }),
    );
  };
  return (
    <button type="button" class="plain" aria-label={t('copy')} title={t('copy')} onClick={copy}>
      <Icon name="copy" />
    </button>
  );
}
