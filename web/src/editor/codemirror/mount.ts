import { EditorState, type EditorStateConfig, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { styleNonce } from '../../style/nonce.ts';
import './code.css';
import { typedOver } from './typed-over.ts';

/** CodeMirror inserts style elements, which the page allows by its nonce. */
export function mountEditor(parent: HTMLElement, { doc, extensions = [] }: EditorStateConfig): EditorView {
  const allowed: Extension = [EditorView.cspNonce.of(styleNonce()), typedOver, extensions];
  return new EditorView({ state: EditorState.create({ doc, extensions: allowed }), parent });
}
