/** Everything that can be gone to or done, found by a few letters. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type Command, commandsFor } from '../commands.ts';
import { Dialog } from '../dialog.tsx';
import { KeyLabels } from './key-labels.tsx';
import { t } from './messages.ts';
import './palette.css';
import { type Found, rank } from './ranking.ts';

const MOST = 50;

export default function Palette({ close }: { close(): void }) {
  const query = useSignal('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = useComputed(() => rank(meant(query.value.trim()), query.value, MOST)).value;
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, found]);
  const run = ({ command }: Found): void => {
    close();
    // The command's page takes the focus after the dialog gave it back.
    setTimeout(() => command.run());
  };
  const keys = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (event.key === 'Enter' && !event.isComposing) {
      const at = found[chosen];
      if (at) run(at);
    } else if (step !== undefined) setAt(moved(chosen, step, found.length));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t('palette')} class="palette" onClose={close}>
      <input
        type="text"
        role="combobox"
        aria-label={t('palette')}
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-activedescendant={found.length > 0 ? `${id}${chosen}` : undefined}
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck={false}
        placeholder={t('paletteHint')}
        autofocus
        value={query.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div ref={list} id={`${id}list`} class="found" role="listbox" aria-label={t('palette')}>
        {found.map((each, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the field's, which keeps the focus
          <div
            key={keyOf(each.command)}
            id={`${id}${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onPointerMove={() => setAt(index)}
            onClick={() => run(each)}
          >
            <Title pieces={each.title} />
            <span class="quiet detail">{each.command.detail}</span>
            <span class="quiet group">{each.command.group}</span>
            {each.command.shortcut && <KeyLabels shortcut={each.command.shortcut} />}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p class="empty" role="status">
          {t('paletteNothing', { query: query.value })}
        </p>
      )}
    </Dialog>
  );
}

function meant(query: string): Command[] {
  return commandsFor(query).filter(({ keysOnly }) => !keysOnly);
}

function Title({ pieces }: { pieces: readonly string[] }) {
  return (
    <span class="title">
      {pieces.map((piece, index) => (index % 2 === 0 ? piece : <mark key={`${index}${piece}`}>{piece}</mark>))}
    </span>
  );
}

function keyOf({ id, title, group, detail }: Command): string {
  return id ?? `${group}/${detail}/${title}`;
}

/** One step past an end is the other end; a leap stops there. */
function moved(at: number, step: number, count: number): number {
  if (Math.abs(step) === 1) return (at + step + count) % Math.max(count, 1);
  return Math.max(0, Math.min(count - 1, at + step));
}
