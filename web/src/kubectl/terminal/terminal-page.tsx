/** The page `terminal`: kubectl, and a small shell around it. */
import { effect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { kept } from '../../api/kept.ts';
import { route } from '../../api/route.ts';
import { openTerminal } from '../../terminal/open-terminal.ts';
import { notify } from '../../ui/notices.tsx';
import type { PageProps } from '../../ui/pages.ts';
import type { Stream } from '../ports.ts';
import { Console } from './console.ts';
import type EditorDialog from './editor-dialog.tsx';
import { openStream } from './exec-stream.ts';
import { t } from './messages.ts';
import { placed } from './placed.ts';
import './terminal-page.css';
import { keptHistory, streamUrl, worldOf } from './world.ts';

const isForReaders = kept<boolean>(
  'terminal-readers',
  (text) => text === 'yes',
  (value) => (value ? 'yes' : undefined),
);

/** Of keyboards on glass: what is shown, and what is sent. */
const KEYS: readonly [string, string][] = [
  ['Tab', '\t'],
  ['↑', '\x1b[A'],
  ['↓', '\x1b[B'],
  ['←', '\x1b[D'],
  ['→', '\x1b[C'],
  ['Ctrl-C', '\x03'],
  ['Esc', '\x1b'],
  ['|', '|'],
  ['-', '-'],
  ['/', '/'],
];

interface Editing {
  Dialog: typeof EditorDialog;
  name: string;
  text: string;
  answer(text: string | undefined): void;
}

export default function TerminalPage({ cluster }: PageProps) {
  const place = useRef<HTMLDivElement>(null);
  const shell = useRef<Console | undefined>(undefined);
  const focus = useRef(() => {});
  const [editing, setEditing] = useState<Editing>();

  useEffect(() => {
    if (!place.current) return;
    const { terminal, dispose } = openTerminal(place.current, { screenReaderMode: isForReaders.value });
    const screen = {
      write: (text: string) => terminal.write(text),
      size: () => ({ width: terminal.cols, height: terminal.rows }),
      onResize: (changed: () => void) => {
        const listener = terminal.onResize(changed);
        return () => listener.dispose();
      },
    };
    const world = worldOf(cluster, route.value.namespace ?? '');
    const page = {
      edit: async (text: string, name: string) => {
        const loaded = await import('./editor-dialog.tsx').catch((error: Error) => {
          notify(t('editFailed', { problem: error.message }), { tone: 'bad' });
          return undefined;
        });
        if (!loaded) return undefined;
        const given = await new Promise<string | undefined>((answer) =>
          setEditing({ Dialog: loaded.default, name, text, answer }),
        );
        setEditing(undefined);
        terminal.focus();
        return given;
      },
      stream: (path: string, stream: Stream) => openStream(world.api, streamUrl(cluster, path), path, stream),
    };
    const opened = new Console(world, screen, page, keptHistory);
    shell.current = opened;
    focus.current = () => terminal.focus();
    const typed = terminal.onData((data) => opened.input(data));
    // Tab completes; after Escape it is the browser's, so that a keyboard gets out again.
    let leaves = false;
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.key === 'Tab' && leaves) return false;
      if (event.type === 'keydown' && event.key !== 'Shift') leaves = event.key === 'Escape';
      return true;
    });
    const stop = effect(() => {
      terminal.options.screenReaderMode = isForReaders.value;
    });
    // A namespace that is chosen at the top is the next line's; none chosen leaves the terminal's own.
    const stopFollowing = effect(() => {
      const { namespace } = route.value;
      if (namespace) world.config.namespace = namespace;
    });
    terminal.textarea?.setAttribute('aria-label', t('terminal'));
    opened.start(`${t('greeting', { name: cluster.ref.name })}\n\n`, route.value.params.line);
    const stopPlacing = effect(() => {
      const lines = placed.value;
      if (lines === undefined) return;
      placed.value = undefined;
      opened.place(lines);
      terminal.focus();
    });
    terminal.focus();
    return () => {
      stopPlacing();
      opened.stop();
      stop();
      stopFollowing();
      typed.dispose();
      dispose();
    };
  }, [cluster]);

  const Editor = editing?.Dialog as ComponentType<Parameters<typeof EditorDialog>[0]> | undefined;
  return (
    <div class="terminal-page">
      <div ref={place} />
      <div class="terminal-keys" role="toolbar" aria-label={t('toolbar')}>
        {KEYS.map(([label, data]) => (
          <button
            key={label}
            type="button"
            class="button"
            // The keyboard stays where it is.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              shell.current?.input(data);
              focus.current();
            }}
          >
            {label}
          </button>
        ))}
      </div>
      <p class="terminal-foot">
        <span>{t('keys')}</span>
        <label>
          <input
            type="checkbox"
            checked={isForReaders.value}
            onChange={({ currentTarget }) => {
              isForReaders.value = currentTarget.checked;
            }}
          />{' '}
          {t('readers')}
        </label>
      </p>
      {editing && Editor && (
        <Editor cluster={cluster} name={editing.name} text={editing.text} onDone={editing.answer} />
      )}
    </div>
  );
}
