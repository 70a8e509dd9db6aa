/** A part of the account page. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { explain, signedOut } from '../api/session.ts';
import { notify } from '../ui/notices.tsx';
import { problemText } from './problem.ts';
import type { Profile } from './requests.ts';

/** The properties of each section. */
export interface SectionContext {
  person: Profile;
  /** After something that changes the profile. */
  reload(): Promise<void>;
}

interface SectionProps {
  title: string;
  text?: string;
  /** Buttons beside the title. */
  actions?: ComponentChildren;
  problem?: string;
  children?: ComponentChildren;
}

export function Section({ title, text, actions, problem, children }: SectionProps) {
  const heading = useId();
  return (
    <section class="card" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {actions}
      </header>
      {text && <p class="note">{text}</p>}
      {problem && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      {children}
    </section>
  );
}

/** Does what a button is for, and says what went wrong. A session that has ended leads to the sign-in page. */
export async function attempt(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    explain(error);
    if (!signedOut.value) notify(problemText(error), { tone: 'bad' });
  }
}
