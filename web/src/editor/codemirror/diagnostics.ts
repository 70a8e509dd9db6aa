import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import type { PlacedProblem } from '../edit/problems.ts';

/** Marks what the server refused. The next change of the text has it checked anew. */
export function showDiagnostics(view: EditorView, problems: readonly PlacedProblem[]): void {
  const { length } = view.state.doc;
  const marks = problems.flatMap(({ message, at }): Diagnostic[] =>
    at ? [{ from: Math.min(at.from, length), to: Math.min(at.to, length), severity: 'error', message }] : [],
  );
  view.dispatch(setDiagnostics(view.state, marks));
}
