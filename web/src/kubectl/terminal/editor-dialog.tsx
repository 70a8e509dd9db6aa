/** The editor that `vi` and `kubectl edit` open. Loaded when it is opened. */
import { keymap } from '@codemirror/view';
import { useMemo, useRef } from 'preact/hooks';
import type { Cluster } from '../../api/cluster.ts';
import { CodeMirror } from '../../editor/codemirror/code-mirror.tsx';
import { writing } from '../../editor/codemirror/extensions.ts';
import { schemaSupport } from '../../editor/codemirror/schema-support.ts';
import '../../editor/editor.css';
import { catalogOf } from '../../editor/schema/of-cluster.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { t } from './messages.ts';

interface EditorDialogProps {
  cluster: Cluster;
  name: string;
  text: string;
  /** Undefined: without saving. */
  onDone(text: string | undefined): void;
}

export default function EditorDialog({ cluster, name, text, onDone }: EditorDialogProps) {
  const current = useRef(() => text);
  const save = (): void => onDone(current.current());
  const saved = (): boolean => {
    save();
    return true;
  };
  const extensions = useMemo(() => {
    const keys = keymap.of([{ key: 'Mod-s', run: saved, preventDefault: true }]);
    const isObject = /\.ya?ml$/.test(name);
    return [keys, writing(t('editing', { name })), ...(isObject ? [schemaSupport(catalogOf(cluster))] : [])];
  }, []);
  return (
    <Dialog title={t('edit', { name })} class="wide terminal-editor" onClose={() => onDone(undefined)}>
      <CodeMirror
        text={text}
        extensions={extensions}
        onView={(view) => view?.focus()}
        onChange={(read) => {
          current.current = read;
        }}
      />
      <p class="terminal-editor-actions">
        <button type="button" class="button" onClick={() => onDone(undefined)}>
          {t('cancel')}
        </button>
        <button type="button" class="button is-main" onClick={save}>
          {t('save')}
        </button>
      </p>
    </Dialog>
  );
}
