/** The last writes of people, the newest first, for as long as they are looked at. */
import { useEffect, useState } from 'preact/hooks';
import { HISTORY_PATH, type HistoryChange, type HistoryChanges } from '../../../wire/history.ts';
import type { Cluster } from '../api/cluster.ts';
import { Api } from '../api/request.ts';

const MOST = 30;
/** An answer looks at some of the log alone: so many are asked for, at most. */
const MAX_PAGES = 8;
/** After a change there are mostly more. */
const SETTLE_MS = 400;

type Get = Pick<Api, 'get'>;

export async function lastApplies(api: Get, namespace: string | undefined): Promise<HistoryChange[]> {
  const items: HistoryChange[] = [];
  let until: number | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = { by: 'people', order: 'newest-first', limit: MOST, until, namespace };
    const page: HistoryChanges = await api.get(`${HISTORY_PATH}/changes`, { query });
    items.push(...page.items);
    if (items.length >= MOST || page.continue === undefined) break;
    until = page.continue;
  }
  return items.slice(0, MOST);
}

export function useApplies(cluster: Cluster, namespace: string | undefined) {
  const [applies, setApplies] = useState<readonly HistoryChange[]>();
  const [problem, setProblem] = useState<string>();
  const [asked, ask] = useState(0);
  const lists = [
    cluster.deployments,
    cluster.replicaSets,
    cluster.statefulSets,
    cluster.daemonSets,
    cluster.pods,
    cluster.nodes,
    cluster.namespaces,
    cluster.events,
  ];
  const news = lists.map(({ objects }) => objects.value);
  useEffect(() => {
    let current = true;
    const timer = window.setTimeout(
      () => {
        lastApplies(new Api(cluster.base), namespace).then(
          (found) => {
            if (!current) return;
            setApplies(found);
            setProblem(undefined);
          },
          (error: Error) => current && setProblem(error.message),
        );
      },
      applies ? SETTLE_MS : 0,
    );
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [cluster, namespace, asked, ...news]);
  useEffect(() => {
    // Writes that the lists do not tell of, such as of a ConfigMap, come when the page is looked at again.
    const refresh = (): void => ask((count) => count + 1);
    window.addEventListener('focus', refresh);
    return () => window.removeEventListener('focus', refresh);
  }, []);
  return { applies, problem, refresh: () => ask(asked + 1) };
}
