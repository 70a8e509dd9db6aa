/**
 * The place in the dashboard, kept in the address so that it can be sent to another person:
 * `#cluster=default&page=resources&resource=apps/v1/deployments&namespace=shop&search=web&show=pods/shop/web-1&tab=Logs`.
 * A part that is left out narrows nothing down. Names that are not known here are parameters of the page.
 */
import { signal } from '@preact/signals';

/** An object that is looked at. `kind` is the page's word for it: `pods`, or `apps/v1/deployments`. */
export interface Selected {
  kind: string;
  /** Empty for what is in no namespace. */
  namespace: string;
  name: string;
}

export interface Route {
  cluster?: string;
  /** A name in `ui/pages.ts`; the overview when left out. */
  page?: string;
  /** Group, version and plural: `apps/v1/deployments`, `v1/pods`. */
  resource?: string;
  namespace?: string;
  /** A part of names. */
  search?: string;
  selected?: Selected;
  tab?: string;
  /** The revision that is looked at; now when left out. */
  at?: number;
  params: Readonly<Record<string, string>>;
}

const KNOWN = ['cluster', 'page', 'resource', 'namespace', 'search', 'show', 'tab', 'at'];

export function parse(hash: string): Route {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string) => given.get(name) || undefined;
  return {
    cluster: text('cluster'),
    page: text('page'),
    resource: text('resource'),
    namespace: text('namespace'),
    search: text('search'),
    selected: selectedOf(text('show')),
    tab: text('tab'),
    ...(/^\d{1,15}$/.test(text('at') ?? '') && { at: Number(text('at')) }),
    params: Object.fromEntries([...given].filter(([name]) => !KNOWN.includes(name))),
  };
}

/** `apps/v1/deployments/shop/web`: the name and the namespace are the last two. */
function selectedOf(show = ''): Selected | undefined {
  const [, kind, namespace, name] = /^(.+)\/([^/]*)\/([^/]+)$/.exec(show) ?? [];
  return kind && namespace !== undefined && name ? { kind, namespace, name } : undefined;
}

export function hrefOf({ selected, at, params, ...texts }: Route): string {
  const written = new URLSearchParams();
  const set = (name: string, value: string | undefined) => value && written.set(name, value);
  set('cluster', texts.cluster);
  set('page', texts.page);
  set('resource', texts.resource);
  set('namespace', texts.namespace);
  set('search', texts.search);
  set('show', selected && `${selected.kind}/${selected.namespace}/${selected.name}`);
  set('tab', texts.tab);
  set('at', at === undefined ? undefined : String(at));
  for (const [name, value] of Object.entries(params)) if (!KNOWN.includes(name)) set(name, value);
  return `#${written.toString().replaceAll('%2F', '/')}`;
}

const here = () => parse(globalThis.location?.hash ?? '');

export const route = signal<Route>(here());
globalThis.window?.addEventListener('hashchange', () => {
  route.value = here();
});

/** The parts that belong to one page, and are left out on the way to another. */
const LEFT: Omit<Route, 'cluster' | 'namespace' | 'page' | 'at'> = {
  resource: undefined,
  search: undefined,
  selected: undefined,
  tab: undefined,
  params: {},
};

/** A link to a change of the present route. */
export function linkTo(change: Partial<Route>): string {
  return hrefOf({ ...route.value, ...change });
}

/** A link to another page of the cluster: the namespace stays, the rest is the other page's. */
export function pageLink(page: string | undefined, change: Partial<Route> = {}): string {
  return linkTo({ ...LEFT, page, ...change });
}

/** A link to another cluster's page of the same name. */
export function clusterLink(cluster: string): string {
  return linkTo({ ...LEFT, namespace: undefined, at: undefined, cluster });
}

/** Goes there, so that the browser's way back leads here. */
export function go(change: Partial<Route>): void {
  follow(linkTo(change));
}

export function follow(link: string): void {
  location.hash = link;
}

/** The same without a step on the way back: what is typed is many small changes. */
export function amend(change: Partial<Route>): void {
  history.replaceState(null, '', linkTo(change));
  route.value = here();
}
