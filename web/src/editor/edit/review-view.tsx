/** The server's answer to a dry run, and what another changed meanwhile: each as a diff with what can be done next. */
import { useEffect, useRef } from 'preact/hooks';
import { DiffView } from '../codemirror/diff-view.tsx';
import { t } from '../messages.ts';
import type { Review } from './review.ts';
import { textOf } from './text-of.ts';

interface ReadyProps {
  review: Extract<Review, { outcome: 'ready' }>;
  busy: boolean;
  onBack(): void;
  onApply(): void;
}

export function Ready({ review, busy, onBack, onApply }: ReadyProps) {
  const { before, after, warnings } = review;
  const same = before === after;
  const heading = useFocus();
  return (
    <section class="review">
      <h2 ref={heading} tabIndex={-1}>
        {t('wouldBecome')}
      </h2>
      <div class="toolbar">
        <button type="button" class="button is-main" disabled={busy || same} onClick={onApply}>
          {busy ? t('applying') : t('apply')}
        </button>
        <button type="button" class="button" disabled={busy} onClick={onBack}>
          {t('back')}
        </button>
        <span class="quiet hint">{t('reviewHint')}</span>
      </div>
      {warnings.length > 0 && (
        <div class="notice warnings" role="status">
          <h3>{t('warnings')}</h3>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      {same ? (
        <p class="notice">{t('noChange')}</p>
      ) : (
        <DiffView before={before} after={after} label={t('wouldBecome')} />
      )}
    </section>
  );
}

interface MovedProps {
  review: Extract<Review, { outcome: 'moved' }>;
  name: string;
  onRebase(): void;
  onDiscard(): void;
}

export function Moved({ review, name, onRebase, onDiscard }: MovedProps) {
  const { managers, live, edit } = review;
  const heading = useFocus();
  const text = managers.length > 0 ? t('movedBy', { managers: managers.join(', '), name }) : t('moved', { name });
  return (
    <section class="review">
      <h2 ref={heading} tabIndex={-1}>
        {t('theirChange')}
      </h2>
      <p class="notice" role="alert">
        {text}
      </p>
      <div class="toolbar">
        <button type="button" class="button is-main" onClick={onRebase}>
          {t('rebase')}
        </button>
        <button type="button" class="button" onClick={onDiscard}>
          {t('discardMine')}
        </button>
      </div>
      <DiffView before={textOf(edit.base)} after={textOf(live)} label={t('theirChange')} />
    </section>
  );
}

function useFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return heading;
}
