/** Two texts as one, with what is added and what is taken away; what is the same is folded. */
import { unifiedMergeView } from '@codemirror/merge';
import { useMemo } from 'preact/hooks';
import { CodeMirror } from './code-mirror.tsx';
import { readingOnly } from './extensions.ts';

const FOLDED = { margin: 3, minSize: 6 };

export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const extensions = useMemo(
    () => [
      readingOnly(label),
      unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: FOLDED, gutter: true }),
    ],
    [],
  );
  return <CodeMirror key={`${before}\0${after}`} class="diff" text={after} extensions={extensions} />;
}
