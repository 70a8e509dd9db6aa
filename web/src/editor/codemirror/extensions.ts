/** Extensions of every editor of the page: YAML, folding, search, history, keys. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { t } from '../messages.ts';
import { appearance } from './theme.ts';

/** In the page's language, as it is when the editor opens. */
function phrases(): Extension {
  return EditorState.phrases.of({
    Find: t('find'),
    Replace: t('replace'),
    next: t('next'),
    previous: t('previous'),
    all: t('all'),
    'match case': t('matchCase'),
    regexp: t('regexp'),
    'by word': t('byWord'),
    close: t('close'),
    replace: t('replace'),
    'replace all': t('replaceAll'),
    '$ unchanged lines': t('unchangedLines', { count: '$' }),
  });
}

export function reading(label: string): Extension {
  return [
    appearance,
    phrases(),
    yaml(),
    lineNumbers(),
    foldGutter(),
    drawSelection(),
    highlightSpecialChars(),
    search({ top: true }),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    keymap.of([...searchKeymap, ...foldKeymap]),
  ];
}

/** Tab indents, as in YAML it must; Escape and then Tab leaves the editor. */
export function writing(label: string): Extension {
  return [
    reading(label),
    history(),
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
  ];
}

export function readingOnly(label: string): Extension {
  return [reading(label), EditorState.readOnly.of(true), keymap.of(defaultKeymap)];
}
