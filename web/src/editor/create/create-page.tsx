/** The page `create`: YAML or JSON, written, pasted or dropped; checked by the server first, then applied. */
import type { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { route } from '../../api/route.ts';
import { Menu } from '../../ui/menu.tsx';
import { notify } from '../../ui/notices.tsx';
import type { PageProps } from '../../ui/pages.ts';
import { CodeMirror, goTo, replaceText } from '../codemirror/code-mirror.tsx';
import { dropped } from '../codemirror/dropped.ts';
import { writing } from '../codemirror/extensions.ts';
import { schemaSupport } from '../codemirror/schema-support.ts';
import '../editor.css';
import { catalogOf } from '../schema/of-cluster.ts';
import { drafts } from './drafts.ts';
import { MOST_BYTES, readFiles } from './files.ts';
import { t } from './messages.ts';
import { Results } from './results.tsx';
import { TEMPLATES } from './templates.ts';
import { Messages, Toolbar } from './toolbar.tsx';
import { failures, Work } from './work.ts';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export default function CreatePage({ cluster }: PageProps) {
  const { id } = cluster.ref;
  const namespace = route.value.namespace ?? 'default';
  const [empty, setEmpty] = useState(() => (drafts.get(id) ?? '').trim() === '');
  const view = useRef<EditorView | undefined>(undefined);
  const catalog = catalogOf(cluster);
  const work = useMemo(() => {
    const read = async (text: string, signal: AbortSignal) => (await import('./reader.ts')).readInWorker(text, signal);
    return new Work({ api: cluster.api, catalog, read, sleep });
  }, []);
  const extensions = useMemo(() => [writing(t('label')), schemaSupport(catalog)], []);
  useEffect(() => () => work.forget(), []);

  const text = () => view.current?.state.doc.toString() ?? '';
  const show = (position: number): void => {
    if (view.current) goTo(view.current, position);
  };
  const check = () => {
    if ((view.current?.state.doc.length ?? 0) > MOST_BYTES) notify(t('tooLarge'), { tone: 'bad' });
    else void work.check(text(), namespace);
  };
  const apply = async (): Promise<void> => {
    await work.apply();
    if (work.phase.value !== 'applied') return;
    const count = work.items.value.length;
    const failed = failures(work.outcomes.value);
    if (failed > 0) notify(t('some', { failed, count }), { tone: 'bad' });
    else notify(t('done', { count }));
  };
  const put = (next: string): void => {
    if (view.current) replaceText(view.current, next);
    view.current?.focus();
  };
  const take = async (files: readonly File[]): Promise<void> => {
    const read = await readFiles(files, text());
    if ('text' in read) put(read.text);
    else if (read.problem === 'too-large') notify(t('tooLarge'), { tone: 'bad' });
    else notify(t('notText', { name: read.name }), { tone: 'bad' });
  };
  const insert = (template: string): void => {
    const before = text().trim();
    put(before === '' ? template : `${before}\n---\n${template}`);
  };

  return (
    <section class="editor create" aria-label={t('label')}>
      <p class="quiet">
        {t('intro')} {t('into', { namespace })}
      </p>
      <Toolbar work={work} empty={empty} onCheck={check} onApply={apply}>
        <Menu
          label={t('templates')}
          items={TEMPLATES.map(({ title, text: template }) => ({ title, run: () => insert(template) }))}
        />
        <label class="button file">
          {t('files')}
          <input
            type="file"
            multiple
            accept=".yaml,.yml,.json,text/*"
            onChange={({ currentTarget }) => {
              void take([...(currentTarget.files ?? [])]);
              currentTarget.value = '';
            }}
          />
        </label>
      </Toolbar>
      <Messages work={work} text={text} show={show} />
      <CodeMirror
        class="tall"
        text={drafts.get(id) ?? ''}
        extensions={[extensions, dropped((files) => void take(files))]}
        onView={(mounted) => {
          if (!mounted && view.current) drafts.set(id, text());
          view.current = mounted;
        }}
        onChange={(changed) => {
          work.forget();
          const isLong = (view.current?.state.doc.length ?? 0) > 1_000;
          setEmpty(!isLong && changed().trim() === '');
        }}
      />
      <Results work={work} text={text} show={show} />
    </section>
  );
}
