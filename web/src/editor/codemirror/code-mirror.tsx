import { type Extension, Prec, Transaction } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { mountEditor } from './mount.ts';

interface CodeMirrorProps {
  /** As it begins, as are the extensions: another `key` begins anew. */
  text: string;
  extensions: Extension;
  class?: string;
  /** Is told of the editor, and of its end. */
  onView?(view: EditorView | undefined): void;
  /** A person, or a command, changed the text, which is made when it is asked for: it may be long. */
  onChange?(text: () => string): void;
}

export function CodeMirror({ text, extensions, class: name = '', onView, onChange }: CodeMirrorProps) {
  const host = useRef<HTMLDivElement>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  useLayoutEffect(() => {
    if (!host.current) return;
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current?.(() => update.state.doc.toString());
    });
    // Escape closes a list or the search inside; what lies around the editor is not meant.
    const kept = EditorView.domEventHandlers({
      keydown: (event) => {
        if (event.key === 'Escape') event.stopPropagation();
      },
    });
    const view = mountEditor(host.current, { doc: text, extensions: [Prec.highest(kept), extensions, listener] });
    onView?.(view);
    return () => {
      onView?.(undefined);
      view.destroy();
    };
  }, []);
  return <div ref={host} class={`code ${name}`} />;
}

/** Another text in place of the whole, which can be undone. A selection outside of what is another stays. */
export function replaceText(view: EditorView, text: string): void {
  view.dispatch({
    changes: differenceOf(view.state.doc.toString(), text),
    annotations: Transaction.userEvent.of('input.replace'),
  });
}

/** One piece of `before`, and the text that makes `after` of it. */
export function differenceOf(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let alike = 0;
  while (alike < most - from && before.at(-1 - alike) === after.at(-1 - alike)) alike++;
  return { from, to: before.length - alike, insert: after.slice(from, after.length - alike) };
}

export function goTo(view: EditorView, position: number): void {
  const anchor = Math.min(position, view.state.doc.length);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
  view.focus();
}
