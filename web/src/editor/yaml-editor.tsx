/** An object as YAML, to be changed: edited, reviewed as the server would make it, applied. */
import type { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Cluster } from '../api/cluster.ts';
import { confirm } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { CodeMirror, goTo, replaceText } from './codemirror/code-mirror.tsx';
import { showDiagnostics } from './codemirror/diagnostics.ts';
import { writing } from './codemirror/extensions.ts';
import { schemaSupport } from './codemirror/schema-support.ts';
import { foldStatus } from './codemirror/status-fold.ts';
import { ProblemList } from './edit/problem-list.tsx';
import { apply, type Edit, type Review, review } from './edit/review.ts';
import { Moved, Ready } from './edit/review-view.tsx';
import { textOf } from './edit/text-of.ts';
import { keepUnsaved, unsavedOf } from './edit/unsaved.ts';
import './editor.css';
import { t } from './messages.ts';
import { catalogOf } from './schema/of-cluster.ts';

interface YamlEditorProps {
  cluster: Cluster;
  /** The API path of the object. */
  path: string;
  object: KubeObject;
}

export default function YamlEditor({ cluster, path, object }: YamlEditorProps) {
  // The base of the edit stays, while the object goes on changing.
  const { id } = cluster.ref;
  const unsaved = useMemo(() => unsavedOf(id, path, object.metadata.uid), []);
  const [base, setBase] = useState(unsaved?.base ?? object);
  const [text, setText] = useState(() => unsaved?.text ?? textOf(object));
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Review>();
  const view = useRef<EditorView | undefined>(undefined);
  const name = object.metadata.name ?? '';
  const dirty = text !== textOf(base);
  const extensions = useMemo(() => [writing(`${t('editor')} ${name}`), schemaSupport(catalogOf(cluster))], []);

  // An object that is looked at, not edited, is shown as it is now.
  useEffect(() => {
    if (!dirty && !busy && !found && object !== base) begin(object);
  }, [object]);
  useEffect(() => (dirty ? warnOnLeave() : undefined), [dirty]);
  useEffect(() => keepUnsaved(id, path, dirty ? { base, text } : undefined), [dirty, base, text]);

  const begin = (from: KubeObject): void => {
    setBase(from);
    setFound(undefined);
    write(textOf(from));
  };
  const write = (next: string): void => {
    if (view.current && view.current.state.doc.toString() !== next) {
      replaceText(view.current, next);
      foldStatus(view.current);
    }
    setText(next);
  };
  const run = async (ask: (edit: Edit) => Promise<Review | { outcome: 'applied'; object: KubeObject }>, edit: Edit) => {
    setBusy(true);
    try {
      const answer = await ask(edit);
      if (answer.outcome === 'applied') {
        begin(answer.object);
        notify(t('applied', { name }));
        return;
      }
      setFound(answer);
      if (view.current) showDiagnostics(view.current, answer.outcome === 'refused' ? answer.problems : []);
    } finally {
      setBusy(false);
    }
  };
  const rebase = (moved: Extract<Review, { outcome: 'moved' }>): void => {
    setBase(moved.live);
    setFound(undefined);
    write(moved.merged.text);
    if (moved.merged.conflicts > 0) notify(t('conflicts', { count: moved.merged.conflicts }), { tone: 'busy' });
  };
  const discard = async (): Promise<void> => {
    const sure = await confirm({ title: t('revertTitle'), text: t('revertText'), action: t('revert'), danger: true });
    if (sure) begin(object);
  };
  const showLine = (position: number): void => {
    if (view.current) goTo(view.current, position);
  };

  const reading = found?.outcome === 'ready' || found?.outcome === 'moved';
  return (
    <div class="editor">
      {found?.outcome === 'ready' && (
        <Ready review={found} busy={busy} onBack={() => setFound(undefined)} onApply={() => run(apply, found.edit)} />
      )}
      {found?.outcome === 'moved' && (
        <Moved review={found} name={name} onRebase={() => rebase(found)} onDiscard={() => begin(found.live)} />
      )}
      <div class="writing" hidden={reading}>
        <div class="toolbar">
          <button
            type="button"
            class="button is-main"
            disabled={busy || !dirty}
            onClick={() => run(review, { api: cluster.api, path, base, text })}
          >
            {busy ? t('reviewing') : t('review')}
          </button>
          {dirty && (
            <button type="button" class="button" disabled={busy} onClick={discard}>
              {t('revert')}
            </button>
          )}
          <span class="quiet hint">{t('shortcuts', { key: 'Ctrl-Space', find: 'Ctrl-F' })}</span>
        </div>
        {found?.outcome === 'gone' && <p class="notice bad">{t('gone', { name })}</p>}
        {found?.outcome === 'refused' && (
          <ProblemList title={t('refused')} text={text} problems={found.problems} show={showLine} />
        )}
        <CodeMirror
          text={text}
          extensions={extensions}
          onView={(mounted) => {
            view.current = mounted;
            if (mounted) foldStatus(mounted);
          }}
          onChange={(changed) => setText(changed())}
        />
      </div>
    </div>
  );
}

/** A browser asks before it leaves the page with a text that is nowhere else. */
function warnOnLeave(): () => void {
  const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
  window.addEventListener('beforeunload', ask);
  return () => window.removeEventListener('beforeunload', ask);
}
