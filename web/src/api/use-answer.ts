/** Fetches an answer of Islet's own paths beneath a cluster, and again when something changes that it depends on. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Cluster } from './cluster.ts';

/** Changes within this time cause one fetch. */
const SETTLE_MS = 300;

/** `path`: `/islet/v1/…`; it is to stay the same: a component of its own (`key`) for each. */
export function useAnswer<T>(cluster: Cluster, path: string, changes: readonly unknown[]) {
  const [answer, setAnswer] = useState<T>();
  const [problem, setProblem] = useState<string>();
  const asking = useRef(new AbortController());
  const timer = useRef<number | undefined>(undefined);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      asking.current.abort();
    },
    [],
  );
  useEffect(() => {
    // The fetch is not put off by each change: while a rollout goes on there would be no answer.
    if (timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      asking.current.abort();
      asking.current = new AbortController();
      const { signal } = asking.current;
      cluster.api.get<T>(path, { signal }).then(
        (answered) => {
          setAnswer(answered);
          setProblem(undefined);
        },
        (error: Error) => {
          if (!signal.aborted) setProblem(error.message);
        },
      );
    }, SETTLE_MS);
  }, changes);
  return { answer, problem };
}
