/** Which columns are shown: boxes beneath a button. */
import { useEffect, useRef } from 'preact/hooks';
import type { TableColumn } from '../../api/table.ts';
import { t } from '../messages.ts';
import { type Choices, isAlways, isShown } from './columns.ts';

interface ColumnChooserProps {
  kind: string;
  columns: readonly TableColumn[];
  choices: Choices;
  onColumn(column: TableColumn, visible: boolean): void;
}

export function ColumnChooser({ kind, columns, choices, onColumn }: ColumnChooserProps) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const outside = ({ target }: Event): void => {
      if (details.current && !details.current.contains(target as Node)) details.current.open = false;
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, []);
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !details.current?.open) return;
    event.stopPropagation();
    details.current.open = false;
    details.current.querySelector('summary')?.focus();
  };
  return (
    <details ref={details} class="column-chooser" onKeyDown={leave}>
      <summary class="button">{t('columns')}</summary>
      <fieldset class="panel">
        <legend class="for-readers">{t('columns')}</legend>
        {columns.map((column) => (
          <label key={column.name} title={column.description}>
            <input
              type="checkbox"
              checked={isShown(column, choices, kind)}
              disabled={isAlways(column)}
              onChange={({ currentTarget }) => onColumn(column, currentTarget.checked)}
            />
            {column.name}
            {column.priority > 0 && <span class="quiet">{t('wide')}</span>}
          </label>
        ))}
      </fieldset>
    </details>
  );
}
