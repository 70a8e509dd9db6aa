/** The live table of a kind, for as long as it is shown. A kind that cannot be watched is fetched, and on demand again. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Cluster } from '../../api/cluster.ts';
import { type ApiResource, pathOf } from '../../api/discovery.ts';
import {
  type IncludeObject,
  LiveTable,
  readPage,
  TABLE_TYPE,
  type TableColumn,
  type TablePage,
  type TableRow,
} from '../../api/table.ts';
import { needsWholeObjects } from './cell-text.ts';

export interface TableSource {
  items: ReadonlySignal<ReadonlyMap<string, TableRow>>;
  columns: ReadonlySignal<readonly TableColumn[]>;
  complete: ReadonlySignal<boolean>;
  problem: ReadonlySignal<string | undefined>;
  close(): void;
  /** Only of one that is not live. */
  refresh?(): void;
}

interface Selectors {
  namespace?: string;
  labels?: string;
  fields?: string;
}

export function tablePath(resource: ApiResource, { namespace, labels, fields }: Selectors): string {
  const query = new URLSearchParams();
  if (labels) query.set('labelSelector', labels);
  if (fields) query.set('fieldSelector', fields);
  return `${pathOf(resource, namespace)}${query.size > 0 ? `?${query}` : ''}`;
}

/** `attempt`: another one begins anew. */
export function useTable(cluster: Cluster, resource: ApiResource, selectors: Selectors, attempt: number) {
  const [table, setTable] = useState<TableSource>();
  const path = tablePath(resource, selectors);
  useEffect(() => {
    const include = needsWholeObjects(resource.kind) ? 'Object' : 'Metadata';
    const opened =
      resource.verbs.includes('watch') || cluster.past
        ? new LiveTable(cluster.connection, path, include, Date.now)
        : fetchTable(cluster, path, include);
    setTable(opened);
    return () => opened.close();
  }, [cluster, path, resource, attempt]);
  return table;
}

function fetchTable({ api }: Cluster, path: string, includeObject: IncludeObject): TableSource {
  const items = signal<ReadonlyMap<string, TableRow>>(new Map());
  const columns = signal<readonly TableColumn[]>([]);
  const complete = signal(false);
  const problem = signal<string | undefined>(undefined);
  const asking = new AbortController();
  const refresh = async (): Promise<void> => {
    try {
      const options = { accept: TABLE_TYPE, query: { includeObject }, signal: asking.signal };
      const page = await api.get<TablePage>(path, options);
      columns.value = page.columnDefinitions ?? [];
      items.value = new Map(readPage(page, Date.now()).items);
      complete.value = true;
      problem.value = undefined;
    } catch (error) {
      if (!asking.signal.aborted) problem.value = (error as Error).message;
    }
  };
  void refresh();
  return { items, columns, complete, problem, refresh, close: () => asking.abort() };
}
