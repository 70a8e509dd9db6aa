/** Places that the page of clusters leads to. */
import { pageLink } from '../api/route.ts';

/** The overview of a cluster. */
export function homeOf(cluster: string): string {
  return pageLink(undefined, { cluster, namespace: undefined, at: undefined });
}
