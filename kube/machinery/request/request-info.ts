/** A path and method as verb, group, version, resource … (apiserver `pkg/endpoints/request/requestinfo.go`). */
import { isPathSegmentName } from '../names.ts';
import { parseFieldSelector } from '../selectors/fields.ts';
import { parseLabelSelector } from '../selectors/labels.ts';
import { type Query, queryFlag } from './query.ts';

export interface RequestInfo {
  isResource: boolean;
  /**
   * `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the method in lower case
   * otherwise.
   */
  verb: string;
  path: string;
  /** '' for the core group. */
  group: string;
  version: string;
  resource: string;
  subresource: string;
  /** The path goes on behind the subresource, as that of a proxy may. */
  isDeeper: boolean;
  /** '' for cluster-scoped requests and lists over all namespaces. */
  namespace: string;
  name: string;
  /** A name that was only named by a field selector: lists and watches of one object. */
  nameFromSelector: boolean;
}

const METHOD_VERBS: Record<string, string> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** These, behind a namespace's name, belong to the namespace itself. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Subresources that move bytes for as long as the client wants, in no format of the API. */
const STREAMS = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

export function isStream(info: RequestInfo): boolean {
  return info.isResource && STREAMS.has(info.subresource);
}

const MUTATING: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** The kind of the request, as metrics name it. */
export function requestKind({ verb }: RequestInfo): 'mutating' | 'readOnly' {
  return MUTATING.has(verb) ? 'mutating' : 'readOnly';
}

export function parseRequest(method: string, path: string, query: Query): RequestInfo {
  const info: RequestInfo = {
    isResource: false,
    verb: method.toLowerCase(),
    path,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    isDeeper: false,
    namespace: '',
    name: '',
    nameFromSelector: false,
  };
  const parts = splitPath(path);
  if (parts.length < 3 || (parts[0] !== 'api' && parts[0] !== 'apis')) return info;
  const grouped = parts[0] === 'apis';
  if (grouped && parts.length < 4) return info;
  info.isResource = true;
  info.group = grouped ? (parts[1] ?? '') : '';
  /** The index of the next part. */
  let at = grouped ? 2 : 1;
  info.version = parts[at++] ?? '';

  const isWatchPath = parts[at] === 'watch' && parts.length > at + 1;
  if (isWatchPath) {
    info.verb = 'watch';
    at++;
  } else info.verb = Object.hasOwn(METHOD_VERBS, method) ? (METHOD_VERBS[method] ?? '') : '';

  if (parts[at] === 'namespaces' && parts.length > at + 1) {
    info.namespace = parts[at + 1] ?? '';
    if (parts.length > at + 2 && !NAMESPACE_SUBRESOURCES.has(parts[at + 2] ?? '')) at += 2;
  }
  info.resource = parts[at] ?? '';
  info.name = parts[at + 1] ?? '';
  // Deeper segments (`proxy/…`) are for the subresource to read from the path.
  info.subresource = parts[at + 2] ?? '';
  info.isDeeper = parts.length > at + 3;

  if (info.name === '' && info.verb === 'get') info.verb = queryFlag(query, 'watch') ? 'watch' : 'list';
  if (info.name === '' && info.verb === 'delete') info.verb = 'deletecollection';
  // A selector of one name makes a list or watch a request for that object. It does not for deletecollection, which
  // needs a
  // right of its own, nor for the old paths of watches.
  if (info.name === '' && !isWatchPath && (info.verb === 'list' || info.verb === 'watch')) {
    const name = nameOfSelector(query);
    if (name !== '') {
      info.name = name;
      info.nameFromSelector = true;
    }
  }
  return info;
}

/** A slash that is written `%2F` divides, too, as in upstream's decoded path. */
function splitPath(path: string): string[] {
  if (path.includes('%'))
    return path
      .split(/\/|%2F/i)
      .map(decode)
      .filter((part) => part !== '');
  const parts: string[] = [];
  for (let start = 0; start < path.length; ) {
    let end = path.indexOf('/', start);
    if (end < 0) end = path.length;
    if (end > start) parts.push(path.slice(start, end));
    start = end + 1;
  }
  return parts;
}

/** Bytes that are no UTF-8 are part of a name to Go: here each is U+FFFD, which no name has either. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) =>
      UTF_8.decode(Uint8Array.from(escaped.slice(1).split('%'), (byte) => Number.parseInt(byte, 16))),
    );
  }
}

const UTF_8 = new TextDecoder();

const WHOLE_NUMBER = /^[+-]?\d+$/;

/** Where one of the selectors or numbers cannot be read, upstream has none of the options. */
function nameOfSelector(query: Query): string {
  const selector = query.get('fieldSelector');
  if (!selector?.includes('metadata.name')) return '';
  for (const number of ['limit', 'timeoutSeconds']) if (!WHOLE_NUMBER.test(query.get(number) ?? '0')) return '';
  const labels = query.get('labelSelector');
  try {
    const named = parseFieldSelector(selector).find(({ field, negated }) => field === 'metadata.name' && !negated);
    if (named && labels) parseLabelSelector(labels);
    return named && isPathSegmentName(named.value).length === 0 ? named.value : '';
  } catch {
    // The verb reports the bad selector.
    return '';
  }
}
