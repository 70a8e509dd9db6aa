/** Fetches an object's story, and again when an object of the story changes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TraceStory } from '../../../wire/trace.ts';
import type { Cluster } from './cluster.ts';
import { getJson } from './session.ts';

export interface StorySubject {
  /** `deployments.apps` */
  resource: string;
  namespace: string;
  name: string;
}

/** Changes within this time cause one fetch. */
const SETTLE_MS = 300;

/** The subject is to stay the same: a component of its own (`key`) for each. */
export function useStory(cluster: Cluster, { resource, namespace, name }: StorySubject) {
  const [story, setStory] = useState<TraceStory>();
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
  const changes = [cluster.deployments, cluster.replicaSets, cluster.pods].map(({ objects }) => objects.value);
  useEffect(() => {
    // The fetch is not put off by each change: while a rollout goes on there would be no story.
    if (timer.current !== undefined) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      asking.current.abort();
      asking.current = new AbortController();
      const { signal } = asking.current;
      const query = new URLSearchParams({ resource, namespace, name });
      getJson<TraceStory>(`${cluster.base}/islet/v1/trace?${query}`, signal).then(
        (answered) => {
          setStory(answered);
          setProblem(undefined);
        },
        (error: Error) => {
          if (!signal.aborted) setProblem(error.message);
        },
      );
    }, SETTLE_MS);
  }, changes);
  return { story, problem };
}
