/** A dialog with a form that does one thing, the line that does the same, and what went wrong. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api/request.ts';
import { explain, signedOut } from '../api/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { t as shell } from '../ui/shell/messages.ts';
import './dialogs.css';
import { IsletLine } from './islet-line.tsx';

interface WorkDialogProps {
  title: string;
  text?: ComponentChildren;
  children?: ComponentChildren;
  /** The verb, and what is said while it goes on. */
  action: string;
  going: string;
  danger?: boolean;
  /** Nothing can be done yet. */
  disabled?: boolean;
  /** None where no line does the same. */
  line?: string;
  onClose(): void;
  /** The dialog is closed afterwards, unless it answers `stay`. */
  work(): Promise<unknown>;
}

export function WorkDialog(props: WorkDialogProps) {
  const { title, text, children, action, going, danger, disabled, line, onClose, work } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      if ((await work()) !== 'stay') onClose();
    } catch (error) {
      const reason = explain(error);
      if (signedOut.value) return onClose();
      setProblem(error instanceof ApiError ? reason.text() : (error as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {text && <div class="text">{text}</div>}
      <form class="fields" onSubmit={(event) => void submit(event)}>
        {children}
        {line && <IsletLine line={line} />}
        {problem && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose} autofocus={danger}>
            {shell('cancel')}
          </button>
          <button type="submit" class={`button ${danger ? 'is-danger' : 'is-main'}`} disabled={busy || disabled}>
            {busy ? going : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface NameFieldProps {
  label: string;
  value: string;
  onInput(value: string): void;
  autofocus?: boolean;
}

export function NameField({ label, value, onInput, autofocus = true }: NameFieldProps) {
  return (
    <label>
      {label}
      <input
        type="text"
        required
        maxLength={63}
        pattern="[a-z0-9]([\-a-z0-9]*[a-z0-9])?"
        autofocus={autofocus}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}
