/** Above a table: what it is, its selectors and columns; or, while rows are chosen, what can be done with them. */
import type { TableColumn } from '../../api/table.ts';
import { Icon } from '../../ui/icon.tsx';
import type { ActionName } from '../actions/index.ts';
import { t } from '../messages.ts';
import { ColumnChooser } from './column-chooser.tsx';
import type { Choices } from './columns.ts';
import { SelectorField } from './selector-field.tsx';

interface ToolbarProps {
  title: string;
  kind: string;
  count: number;
  of: number;
  complete: boolean;
  columns: readonly TableColumn[];
  choices: Choices;
  onColumn(column: TableColumn, visible: boolean): void;
  labels: string | undefined;
  fields: string | undefined;
  onLabels(text: string | undefined): void;
  onFields(text: string | undefined): void;
  refresh?: () => void;
  chosen: number;
  actions: readonly { name: ActionName; danger?: boolean; refused?: string; run(): void }[];
  chooseNone(): void;
}

export function Toolbar(props: ToolbarProps) {
  const { title, count, of, complete, chosen, actions, refresh } = props;
  const counted = count === of ? t('rows', { count }) : t('rowsOf', { shown: count, count: of });
  return (
    <div class="toolbar" role="toolbar" aria-label={title}>
      <h1>{title}</h1>
      <span class="quiet count" role="status">
        {complete ? counted : `${counted}, ${t('stillLoading')}`}
      </span>
      {chosen > 0 ? (
        <div class="chosen">
          <b>{t('chosen', { count: chosen })}</b>
          {actions.map(({ name, danger, refused, run }) => (
            <button
              key={name}
              type="button"
              class={`button ${danger ? 'is-danger' : ''}`}
              aria-disabled={refused !== undefined}
              title={refused}
              onClick={() => refused === undefined && run()}
            >
              {t(name)}
            </button>
          ))}
          <button type="button" class="plain" aria-label={t('chooseNone')} onClick={props.chooseNone}>
            <Icon name="close" />
          </button>
        </div>
      ) : (
        <div class="narrowing">
          <SelectorField
            label={t('labelSelector')}
            example={t('labelExample')}
            value={props.labels}
            onChange={props.onLabels}
          />
          <SelectorField
            label={t('fieldSelector')}
            example={t('fieldExample')}
            value={props.fields}
            onChange={props.onFields}
          />
          <ColumnChooser kind={props.kind} columns={props.columns} choices={props.choices} onColumn={props.onColumn} />
          {refresh && (
            <button type="button" class="button" onClick={refresh}>
              {t('refresh')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
