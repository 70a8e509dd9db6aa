/** The timeline of a cluster, one for all that shows it, kept up to date while something does. */
import { useEffect } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import { Api } from '../api/request.ts';
import { Timeline } from './timeline.ts';

/** After a change there are mostly more. */
const SETTLE_MS = 700;

const known = new Map<string, Timeline>();

export function useTimeline(cluster: Cluster): Timeline {
  let timeline = known.get(cluster.base);
  if (!timeline) {
    timeline = new Timeline(new Api(cluster.base));
    known.set(cluster.base, timeline);
  }
  const lists = [cluster.deployments, cluster.pods, cluster.nodes, cluster.namespaces];
  const news = cluster.past ? [] : lists.map(({ objects }) => objects.value);
  useEffect(() => void timeline.refresh(), [timeline]);
  useEffect(() => {
    const timer = window.setTimeout(() => void timeline.refresh(), SETTLE_MS);
    return () => window.clearTimeout(timer);
  }, [timeline, cluster, ...news]);
  return timeline;
}
