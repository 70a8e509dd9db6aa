/** The problems of a text, each with a way to its line. */
import { t } from '../messages.ts';
import type { PlacedProblem } from './problems.ts';

interface ProblemListProps {
  title: string;
  text: string;
  problems: readonly PlacedProblem[];
  show(position: number): void;
}

export function ProblemList({ title, text, problems, show }: ProblemListProps) {
  return (
    <section class="notice bad problems" role="alert">
      <h2>{title}</h2>
      <ul>
        {problems.map(({ message, at }) => (
          <li key={`${at?.from} ${message}`}>
            {at && (
              <button type="button" onClick={() => show(at.from)}>
                {t('line', { line: lineOf(text, at.from) })}
              </button>
            )}{' '}
            {message}
          </li>
        ))}
      </ul>
    </section>
  );
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
