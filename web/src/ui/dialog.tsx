/** A dialog over the page: the browser's own, which keeps the focus inside and gives it back where it was. */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { t } from './shell/messages.ts';

interface DialogProps {
  title: string;
  /** Escape, the cross, or a click beside it. The owner then draws it no more. */
  onClose(): void;
  children: ComponentChildren;
  /** Wider than a question: `wide`. */
  class?: string;
}

export function Dialog({ title, onClose, children, class: className = '' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const cross = useRef<HTMLButtonElement>(null);
  const name = useRef<HTMLHeadingElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    // Where nothing asks for the focus, it begins at the title, which is read out.
    if (document.activeElement === cross.current) name.current?.focus();
    return () => {
      element?.close();
      // The browser gives the focus back only where the dialog still stands.
      const isLost = !document.activeElement || document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  // At once, so that the next key is for what lies beneath.
  const close = (event: Event): void => {
    event.preventDefault();
    dialog.current?.close();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      class={`dialog ${className}`}
      aria-labelledby={heading}
      onCancel={close}
      // A key that is for the dialog is for nothing beneath it.
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === event.currentTarget && close(event)}
    >
      <div class="inside">
        <header>
          <h1 ref={name} id={heading} tabIndex={-1}>
            {title}
          </h1>
          <button ref={cross} type="button" class="plain" aria-label={t('close')} onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  title: string;
  text?: ComponentChildren;
  /** The text of the button: the verb, not “OK”. */
  action: string;
  /** The action can't be taken back. */
  danger?: boolean;
}

export const asked = signal<(Question & { answer(yes: boolean): void }) | undefined>(undefined);

/** Asks before something is done; true when the person says so. */
export function confirm(question: Question): Promise<boolean> {
  asked.peek()?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}

/** Stands once on the page. */
export function Confirmation() {
  const question = asked.value;
  if (!question) return null;
  const { title, text, action, danger, answer } = question;
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      {text && <div class="text">{text}</div>}
      <form
        class="buttons"
        onSubmit={(event) => {
          event.preventDefault();
          answer(true);
        }}
      >
        <button type="button" class="button" autofocus={danger} onClick={() => answer(false)}>
          {t('cancel')}
        </button>
        {/* The focus begins at the answer that does no harm. */}
        <button type="submit" class={`button ${danger ? 'is-danger' : 'is-main'}`} autofocus={!danger}>
          {action}
        </button>
      </form>
    </Dialog>
  );
}
