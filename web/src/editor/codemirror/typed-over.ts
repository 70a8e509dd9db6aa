/**
 * Text that is typed over a selection. Left to itself, Chromium keeps the look of the old text by an inline style on
 * the new one, which the page's Content-Security-Policy refuses, and reports.
 */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export const typedOver: Extension = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { data, inputType, isComposing } = event;
    const { ranges, main } = view.state.selection;
    if (inputType !== 'insertText' || !data || isComposing || view.composing || view.state.readOnly) return false;
    if (ranges.length > 1 || main.empty) return false;
    const typed = { userEvent: 'input.type', scrollIntoView: true };
    const insert = () => view.state.update({ ...view.state.replaceSelection(data), ...typed });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, data, insert))) view.dispatch(insert());
    return true;
  },
});
