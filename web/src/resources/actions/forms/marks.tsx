/** Labels and annotations, a line each. */
import { useState } from 'preact/hooks';
import { Icon } from '../../../ui/icon.tsx';
import { t } from '../../messages.ts';
import { ActionForm, type FormProps } from '../action-form.tsx';
import { changesOf, type Marks, mark } from '../mark.ts';
import type { Target } from '../plan.ts';

interface Line {
  id: number;
  key: string;
  value: string;
}

export function MarksForm({ of, ...props }: FormProps & { of: Marks }) {
  const target = props.targets[0] as Target;
  const before = target.object.metadata[of] ?? {};
  const [lines, setLines] = useState<Line[]>(() =>
    Object.entries(before).map(([key, value], id) => ({ id, key, value })),
  );
  const after = Object.fromEntries(lines.filter(({ key }) => key.trim()).map(({ key, value }) => [key.trim(), value]));
  const changes = changesOf(before, after);
  const change = (id: number, part: Partial<Line>) =>
    setLines(lines.map((line) => (line.id === id ? { ...line, ...part } : line)));
  return (
    <ActionForm
      {...props}
      submit={t('save')}
      decision={Object.keys(changes).length > 0 ? mark([target], of, changes) : undefined}
    >
      <div class="marks">
        {lines.map(({ id, key, value }) => (
          <div key={id} class="mark">
            <input
              type="text"
              class="mono"
              aria-label={t('key')}
              placeholder={t('key')}
              value={key}
              spellcheck={false}
              onInput={({ currentTarget }) => change(id, { key: currentTarget.value })}
            />
            <input
              type="text"
              class="mono"
              aria-label={`${t('value')}: ${key}`}
              placeholder={t('value')}
              value={value}
              spellcheck={false}
              onInput={({ currentTarget }) => change(id, { value: currentTarget.value })}
            />
            <button
              type="button"
              class="plain"
              aria-label={t('takeAway', { key })}
              onClick={() => setLines(lines.filter((line) => line.id !== id))}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
        <button
          type="button"
          class="button"
          onClick={() =>
            setLines([...lines, { id: Math.max(-1, ...lines.map(({ id }) => id)) + 1, key: '', value: '' }])
          }
        >
          <Icon name="plus" />
          {t('add')}
        </button>
      </div>
    </ActionForm>
  );
}
