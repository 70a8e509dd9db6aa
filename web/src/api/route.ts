/** Where the dashboard is, kept in the address so that it can be sent to somebody: `#/<kind>/<namespace>/<name>?tab`. */
import { signal } from '@preact/signals';

export interface Route {
  cluster?: string;
  selected?: { kind: 'pods' | 'deployments' | 'nodes'; namespace: string; name: string };
  tab?: string;
}

function read(): Route {
  const params = new URLSearchParams(location.hash.slice(1));
  const [kind = '', namespace = '', name = ''] = (params.get('show') ?? '').split('/');
  const known = kind === 'pods' || kind === 'deployments' || kind === 'nodes';
  return {
    cluster: params.get('cluster') ?? undefined,
    selected: known && name ? { kind, namespace, name } : undefined,
    tab: params.get('tab') ?? undefined,
  };
}

export const route = signal<Route>(read());
window.addEventListener('hashchange', () => {
  route.value = read();
});

export function hrefOf(next: Route): string {
  const params = new URLSearchParams();
  if (next.cluster) params.set('cluster', next.cluster);
  if (next.selected) params.set('show', `${next.selected.kind}/${next.selected.namespace}/${next.selected.name}`);
  if (next.tab) params.set('tab', next.tab);
  return `#${params.toString().replaceAll('%2F', '/')}`;
}

/** A link to a change of the present route. */
export function linkTo(change: Partial<Route>): string {
  return hrefOf({ ...route.value, ...change });
}
