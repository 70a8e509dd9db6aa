/** Something that a section shows, loaded when the section is drawn and when it is asked for again. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { explain } from '../api/session.ts';
import { problemText } from './problem.ts';

interface Loaded<T> {
  value?: T;
  problem?: string;
  reload(): Promise<void>;
}

/** `load`: the same function each time. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ value?: T; problem?: string }>({});
  const reload = useCallback(async () => {
    try {
      setState({ value: await load() });
    } catch (error) {
      // A session that has ended leads to the sign-in page.
      explain(error);
      setState(({ value }) => ({ value, problem: problemText(error) }));
    }
  }, [load]);
  useEffect(() => void reload(), [reload]);
  return { ...state, reload };
}
