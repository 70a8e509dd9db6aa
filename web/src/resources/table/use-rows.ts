/** The rows of a live table in their order, made anew at most so often: thousands of rows change many times a second. */
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TableColumn, TableRow } from '../../api/table.ts';
import { arrange, type Sort } from './arrange.ts';

/** A change is seen within a tenth of a second. */
const EVERY_MS = 50;

interface Options {
  kind: string;
  columns: readonly TableColumn[];
  search: string | undefined;
  sort: Sort | undefined;
}

export function useRows(items: ReadonlySignal<ReadonlyMap<string, TableRow>>, options: Options): readonly TableRow[] {
  const { kind, columns, search, sort } = options;
  const latest = useLatest(items);
  const before = useRef<readonly TableRow[]>([]);
  return useMemo(() => {
    before.current = arrange(latest, { kind, columns, search, sort }, before.current);
    return before.current;
  }, [latest, kind, columns, search, sort?.by, sort?.descending]);
}

/** The first rows are shown at once: a table is not said to be empty meanwhile. */
function useLatest<T extends ReadonlyMap<string, unknown>>(source: ReadonlySignal<T>): T {
  const [value, setValue] = useState(source.peek());
  useEffect(() => {
    let timer: number | undefined;
    let last = 0;
    let isEmpty = source.peek().size === 0;
    const stop = source.subscribe(() => {
      const show = (): void => {
        timer = undefined;
        last = performance.now();
        isEmpty = source.peek().size === 0;
        setValue(() => source.peek());
      };
      const wait = last + EVERY_MS - performance.now();
      if ((wait <= 0 || isEmpty) && timer === undefined) show();
      else timer ??= window.setTimeout(show, wait);
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [source]);
  return value;
}
