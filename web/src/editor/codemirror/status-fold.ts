/** An object's status is for reading: it begins folded. */
import { foldEffect } from '@codemirror/language';
import type { EditorView } from '@codemirror/view';

export function foldStatus(view: EditorView): void {
  const text = view.state.doc.toString();
  const start = /^status:\n(?= )/m.exec(text);
  if (!start) return;
  const from = start.index + 'status:'.length;
  const end = text.slice(from + 1).search(/^\S/m);
  const to = end < 0 ? text.trimEnd().length : from + end;
  view.dispatch({ effects: foldEffect.of({ from, to }) });
}
