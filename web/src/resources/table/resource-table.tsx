/** One kind as a live table: its filters, its rows, and what is done with those that are chosen. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Cluster } from '../../api/cluster.ts';
import { type ApiResource, idOf } from '../../api/discovery.ts';
import { kept } from '../../api/kept.ts';
import { amend, go, linkTo, route } from '../../api/route.ts';
import type { TableRow } from '../../api/table.ts';
import { ActionDialog, type Asked } from '../actions/action-dialog.tsx';
import { actionsOfMany } from '../actions/index.ts';
import { useRights } from '../actions/use-rights.ts';
import { titleOf } from '../kinds/groups.ts';
import { t } from '../messages.ts';
import { FIRST_SORT, formatSort, parseSort, type Sort } from './arrange.ts';
import { choose, readChoices, shownColumns } from './columns.ts';
import { EmptyTable } from './empty-table.tsx';
import { Grid } from './grid.tsx';
import { NOTHING_CHOSEN, type Selection } from './selection.ts';
import { Toolbar } from './toolbar.tsx';
import { useRows } from './use-rows.ts';
import { type TableSource, useTable } from './use-table.ts';

/** The columns that a person chose, by kind. */
const choices = kept('columns', readChoices, (value) =>
  Object.keys(value).length > 0 ? JSON.stringify(value) : undefined,
);

export function ResourceTable({ cluster, resource }: { cluster: Cluster; resource: ApiResource }) {
  const { namespace, params } = route.value;
  const [attempt, setAttempt] = useState(0);
  const selectors = { namespace, labels: params.labels, fields: params.fields };
  const table = useTable(cluster, resource, selectors, attempt);
  if (!table) return null;
  return (
    <Loaded key={attempt} cluster={cluster} resource={resource} table={table} again={() => setAttempt(attempt + 1)} />
  );
}

interface LoadedProps {
  cluster: Cluster;
  resource: ApiResource;
  table: TableSource;
  again(): void;
}

function Loaded({ cluster, resource, table, again }: LoadedProps) {
  const { namespace, search, params } = route.value;
  const id = idOf(resource);
  const columns = table.columns.value;
  const sort = parseSort(params.sort ?? FIRST_SORT[resource.kind]);
  const rows = useRows(table.items, { kind: resource.kind, columns, search, sort });
  const chosenColumns = choices.value;
  const shown = useMemo(() => shownColumns(columns, chosenColumns, id), [columns, chosenColumns, id]);
  const [selection, setSelection] = useState<Selection>(NOTHING_CHOSEN);
  const [asked, ask] = useState<Asked>();
  const set = (name: string, value: string | undefined) => {
    const { [name]: _, ...others } = params;
    amend({ params: value ? { ...others, [name]: value } : others });
  };
  const targets = () => {
    const keys = selection.chosen.size > 0 ? [...selection.chosen] : [selection.cursor ?? ''];
    return keys.flatMap((key) => {
      const row = table.items.peek().get(key);
      return row ? { resource, object: row.object } : [];
    });
  };
  const start = (name: Asked['name']) => {
    const found = targets();
    if (found.length > 0) ask({ name, targets: found });
  };
  // Keys come to the table without a click into it.
  useEffect(() => document.querySelector<HTMLElement>('.resources .grid')?.focus({ preventScroll: true }), [id]);
  const problem = table.problem.value;
  const isComplete = table.complete.value;
  const selectedOf = ({ object: { metadata } }: TableRow) => ({
    selected: { kind: id, namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
    tab: undefined,
  });
  const isChosen = selection.chosen.size > 0;
  const refuses = useRights(cluster, resource, namespace ?? '', isChosen);
  const offered = actionsOfMany(
    resource,
    targets().map(({ object }) => object),
  );
  return (
    <>
      <Toolbar
        title={titleOf(resource)}
        kind={id}
        count={rows.length}
        of={table.items.value.size}
        complete={isComplete}
        columns={columns}
        choices={chosenColumns}
        onColumn={(column, visible) => {
          choices.value = choose(choices.peek(), id, column, visible);
        }}
        labels={params.labels}
        fields={params.fields}
        onLabels={(text) => set('labels', text)}
        onFields={(text) => set('fields', text)}
        refresh={table.refresh}
        chosen={selection.chosen.size}
        actions={offered.map((action) => ({ ...action, refused: refuses(action), run: () => start(action.name) }))}
        chooseNone={() => setSelection(NOTHING_CHOSEN)}
      />
      {problem !== undefined && (
        <div class="notice bad" role="alert">
          <p>{t('refused', { problem })}</p>
          <button type="button" class="button" onClick={table.refresh ?? again}>
            {t('tryAgain')}
          </button>
        </div>
      )}
      {columns.length > 0 && rows.length > 0 ? (
        <Grid
          kind={resource.kind}
          label={titleOf(resource)}
          rows={rows}
          shown={shown}
          withNamespace={resource.namespaced && !namespace}
          sort={sort}
          onSort={(next: Sort | undefined) => set('sort', next && formatSort(next))}
          selection={selection}
          onSelection={setSelection}
          hrefOf={(row) => linkTo(selectedOf(row))}
          onOpen={(row) => go(selectedOf(row))}
          onDelete={() => start('remove')}
        />
      ) : (
        problem === undefined && <EmptyTable resource={resource} complete={isComplete} />
      )}
      {asked && (
        <ActionDialog
          cluster={cluster}
          {...asked}
          onClose={(done) => {
            ask(undefined);
            if (done) setSelection({ ...selection, chosen: new Set() });
          }}
        />
      )}
    </>
  );
}
