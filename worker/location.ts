/**
 * A request's destination, cut from its address by hand: a URL object per request is garbage that production pays for.
 */
export interface Location {
  secure: boolean;
  /** Host and port, lower-case. */
  host: string;
  /** Beneath the host, percent-encoded, with its leading slash. */
  path: string;
  /** Without the `?`; '' when there is none. */
  query: string;
}

export function locate(url: string): Location {
  const secure = url.startsWith('https:');
  const start = secure ? 8 : 7;
  let slash = url.indexOf('/', start);
  const question = url.indexOf('?', start);
  if (slash < 0 || (question >= 0 && question < slash)) slash = question < 0 ? url.length : question;
  return {
    secure,
    host: url.slice(start, slash).toLowerCase(),
    path: question < 0 ? url.slice(slash) || '/' : url.slice(slash, question) || '/',
    query: question < 0 ? '' : url.slice(question + 1),
  };
}

/** Without the port. */
export function hostOf({ host }: Location): string {
  return host.replace(/:\d+$/, '');
}

/** The first malformed escape of a path; undefined when there is none. The runtime passes paths as they came. */
export function malformedEscape(path: string): string | undefined {
  return path.includes('%') ? /%(?![0-9a-f]{2}).{0,2}/i.exec(path)?.[0] : undefined;
}

export interface ClusterPath {
  id: string;
  /** Beneath the cluster: `/api/v1/pods`. */
  path: string;
}

const PREFIX = '/clusters/';
const CLUSTER_ID = /^[a-z][a-z0-9]{9}$/;

/** `/clusters/{id}/…`, or `{id}.{domain}`; undefined when the address names no cluster. */
export function clusterOf(location: Location, domain?: string): ClusterPath | undefined {
  const { path, host } = location;
  if (path.startsWith(PREFIX)) {
    const end = path.indexOf('/', PREFIX.length);
    const id = end < 0 ? path.slice(PREFIX.length) : path.slice(PREFIX.length, end);
    return { id, path: end < 0 ? '/' : path.slice(end) };
  }
  if (domain && host.length > domain.length && host.endsWith(domain)) {
    const id = host.slice(0, host.length - domain.length - 1);
    if (host[id.length] === '.' && CLUSTER_ID.test(id)) return { id, path };
  }
  return undefined;
}

/** Clusters are never created under another shape of id, so nothing is woken for one. */
export function isClusterId(id: string): boolean {
  return CLUSTER_ID.test(id);
}

/** The first value of a query parameter, decoded, as Go's `url.Values.Get`. */
export function queryValue(query: string, name: string): string | undefined {
  if (!query.includes(name)) return undefined;
  return new URLSearchParams(query).get(name) ?? undefined;
}
