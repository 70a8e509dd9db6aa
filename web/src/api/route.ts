/**
 * The place in the dashboard, kept in the address so that it can be sent to another person:
 * `#cluster=default&namespace=shop&search=web&show=pods/shop/web-1&tab=Logs`. What is left out is not narrowed down.
 */
import { signal } from '@preact/signals';

export interface Route {
  cluster?: string;
  namespace?: string;
  /** A part of names. */
  search?: string;
  selected?: { kind: 'pods' | 'deployments' | 'nodes'; namespace: string; name: string };
  tab?: string;
}

function read(): Route {
  const params = new URLSearchParams(location.hash.slice(1));
  const [kind = '', namespace = '', name = ''] = (params.get('show') ?? '').split('/');
  const known = kind === 'pods' || kind === 'deployments' || kind === 'nodes';
  return {
    cluster: params.get('cluster') || undefined,
    namespace: params.get('namespace') || undefined,
    search: params.get('search') || undefined,
    selected: known && name ? { kind, namespace, name } : undefined,
    tab: params.get('tab') || undefined,
  };
}

export const route = signal<Route>(read());
window.addEventListener('hashchange', () => {
  route.value = read();
});

function hrefOf({ cluster, namespace, search, selected, tab }: Route): string {
  const params = new URLSearchParams();
  if (cluster) params.set('cluster', cluster);
  if (namespace) params.set('namespace', namespace);
  if (search) params.set('search', search);
  if (selected) params.set('show', `${selected.kind}/${selected.namespace}/${selected.name}`);
  if (tab) params.set('tab', tab);
  return `#${params.toString().replaceAll('%2F', '/')}`;
}

/** A link to a change of the present route. */
export function linkTo(change: Partial<Route>): string {
  return hrefOf({ ...route.value, ...change });
}

/** Goes there, so that the browser's way back leads here. */
export function go(change: Partial<Route>): void {
  location.hash = linkTo(change);
}

/** The same without a step on the way back: what is typed is many small changes. */
export function amend(change: Partial<Route>): void {
  const href = linkTo(change);
  history.replaceState(null, '', href);
  route.value = read();
}
