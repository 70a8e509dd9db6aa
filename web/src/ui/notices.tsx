/** Notices over the page: what was done, with a way back perhaps, or what went wrong. `notify('Deleted.')` */
import { signal } from '@preact/signals';
import type { Tone } from '../kinds/tone.ts';
import { Icon } from './icon.tsx';
import { t } from './shell/messages.ts';

export interface NoticeOptions {
  /** A `bad` one stays until it is closed. */
  tone?: Tone;
  action?: { title: string; run(): void };
}

interface Notice extends NoticeOptions {
  id: number;
  text: string;
}

const LASTS_MS = 6_000;
/** The oldest go first. */
const MOST = 4;

export const shown = signal<readonly Notice[]>([]);
let next = 1;

/** Answers with the function that takes the notice away. */
export function notify(text: string, options: NoticeOptions = {}): () => void {
  const id = next++;
  // The same text again is the same notice, newly begun.
  const others = shown.value.filter((notice) => notice.text !== text);
  shown.value = [...others.slice(1 - MOST), { id, text, ...options }];
  const close = (): void => dismiss(id);
  if (options.tone !== 'bad') later(close);
  return close;
}

function dismiss(id: number): void {
  shown.value = shown.value.filter((notice) => notice.id !== id);
}

/** A notice that is being read or used stays. */
function later(close: () => void): void {
  setTimeout(() => {
    if (document.querySelector('.notices:hover, .notices:focus-within')) later(close);
    else close();
  }, LASTS_MS);
}

/** Stands once on the page. */
export function Notices() {
  return (
    <section class="notices" aria-label={t('notices')} aria-live="polite">
      {shown.value.map(({ id, text, tone = 'good', action }) => (
        <div key={id} class={`toast is-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
          <p id={`notice-${id}`}>{text}</p>
          {action && (
            <button
              type="button"
              aria-describedby={`notice-${id}`}
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.title}
            </button>
          )}
          <button type="button" class="plain" aria-label={t('dismiss')} onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
