/** The actions on the text, and the progress of a run. */
import type { ComponentChildren } from 'preact';
import { ProblemList } from '../edit/problem-list.tsx';
import { t } from './messages.ts';
import { isApplicable, type Work } from './work.ts';

interface ToolbarProps {
  work: Work;
  empty: boolean;
  onCheck(): void;
  onApply(): void;
  children: ComponentChildren;
}

export function Toolbar({ work, empty, onCheck, onApply, children }: ToolbarProps) {
  const phase = work.phase.value;
  const count = work.items.value.length;
  const outcomes = work.outcomes.value;
  const done = Math.max(1, outcomes.size);
  if (phase === 'reading' || phase === 'checking' || phase === 'applying') {
    return (
      <div class="toolbar">
        <span role="status">{phase === 'reading' ? t('reading') : t(phase, { done, count })}</span>
        <button type="button" class="button" onClick={() => work.stop()}>
          {t('stop')}
        </button>
      </div>
    );
  }
  const ready = phase === 'checked' && work.unreadable.value.length === 0 && isApplicable(outcomes);
  const changes = [...outcomes.values()].filter(({ outcome }) => outcome !== 'unchanged').length;
  return (
    <div class="toolbar">
      {ready ? (
        <button type="button" class="button is-main" onClick={onApply}>
          {t('apply', { count: changes })}
        </button>
      ) : (
        <button type="button" class="button is-main" disabled={empty} onClick={onCheck}>
          {t('check')}
        </button>
      )}
      {children}
    </div>
  );
}

interface MessagesProps {
  work: Work;
  text(): string;
  show(position: number): void;
}

export function Messages({ work, text, show }: MessagesProps) {
  const problem = work.problem.value;
  const unreadable = work.unreadable.value;
  const outcomes = [...work.outcomes.value.values()];
  const isOver = work.phase.value === 'checked';
  if (problem !== undefined) {
    return (
      <p class="notice bad" role="alert">
        {problem}
      </p>
    );
  }
  if (unreadable.length > 0) {
    const problems = unreadable.flatMap(({ problems: some }) => some.map(({ message, ...at }) => ({ message, at })));
    return <ProblemList title={t('unreadable')} text={text()} problems={problems} show={show} />;
  }
  if (!isOver) return null;
  if (outcomes.length === 0) return <p class="notice">{t('empty')}</p>;
  return outcomes.every(({ outcome }) => outcome === 'unchanged') ? <p class="notice">{t('nothingToDo')}</p> : null;
}
