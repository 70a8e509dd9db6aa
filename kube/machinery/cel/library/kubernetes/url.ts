/** URLs (apiserver `pkg/cel/library/urls.go`; Go's `net/url`). */
import { structType, type Type } from '../../check/type.ts';
import { CelError, Foreign, NativeDict, NativeList, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';

const URL_TYPE = structType('kubernetes.URL');

interface Parts {
  scheme: string;
  userinfo: string | undefined;
  /** With the port. */
  host: string;
  path: string;
  query: string | undefined;
  fragment: string | undefined;
}

class Url extends Foreign {
  readonly type: Type = URL_TYPE;
  readonly parts: Parts;
  private readonly text: string;
  constructor(parts: Parts, text: string) {
    super();
    this.parts = parts;
    this.text = text;
  }
  equals(other: Value): boolean | CelError {
    return other instanceof Url ? this.text === other.text : new CelError('no such overload');
  }
  toString(): string {
    return this.text;
  }
}

const SHAPE = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

/** `url.ParseRequestURI`: absolute, or a path from the root; a string is the reason for which it is neither. */
export function parseUrl(text: string): Parts | string {
  const fail = (reason: string) => `parse ${JSON.stringify(text)}: ${reason}`;
  if (text === '') return fail('empty url');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Go refuses.
  if (/[\x00-\x1f\x7f]/.test(text)) return fail('net/url: invalid control character in URL');
  const match = SHAPE.exec(text);
  const [, scheme = '', authority, path = '', query, fragment] = match ?? [];
  if (!scheme && /^:/.test(text)) return fail('missing protocol scheme');
  if (!scheme && /^[^/?#]*:/.test(text)) return fail('first path segment in URL cannot contain colon');
  if (!scheme && authority === undefined && !path.startsWith('/')) return fail('invalid URI for request');
  if (scheme && authority === undefined && !path.startsWith('/') && path === '') return fail('invalid URI for request');
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(path);
  if (badEscape) return fail(`invalid URL escape ${JSON.stringify(badEscape[0])}`);
  const [, userinfo, host = ''] = /^(?:(.*)@)?(.*)$/s.exec(authority ?? '') ?? [];
  const problem = hostProblem(host);
  if (problem) return fail(problem);
  return { scheme: scheme.toLowerCase(), userinfo, host, path, query, fragment };
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[')) {
    if (!host.includes(']')) return "missing ']' in host";
  } else if (/[ "<>\\^`{|}]/.test(host)) {
    const [character = ''] = /[ "<>\\^`{|}]/.exec(host) ?? [];
    return `invalid character ${JSON.stringify(character)} in host name`;
  }
  const colon = host.lastIndexOf(':');
  const port = host.startsWith('[') ? host.slice(host.indexOf(']') + 1) : colon < 0 ? '' : host.slice(colon);
  return port === '' || /^:\d*$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`;
}

function url(text: string): Value {
  const parts = parseUrl(text);
  if (typeof parts === 'string') return new CelError(`URL parse error during conversion from string: ${parts}`);
  return new Url(parts, text);
}

function hostname({ parts: { host } }: Url): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  return host.replace(/:\d*$/, '');
}

function port({ parts: { host } }: Url): string {
  return /:(\d*)$/.exec(host.slice(host.lastIndexOf(']') + 1))?.[1] ?? '';
}

/** Go's `EscapedPath`: what may not stand in a path is written as `%XX`. */
function escapedPath({ parts: { path } }: Url): string {
  return path.replace(/[^A-Za-z0-9\-._~$&+,/:;=@!'()*[\]%]/gu, (character) => encodeURIComponent(character));
}

function unescapeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function query({ parts }: Url): Value {
  const found = new Map<string, Value[]>();
  for (const pair of (parts.query ?? '').split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const [, name = '', text = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const [key, value] = [unescapeQuery(name), unescapeQuery(text)];
    if (key === undefined || value === undefined) continue;
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  return new NativeDict([...found].map(([key, values]): [Value, Value] => [key, new NativeList(values)]));
}

const part = (id: string, run: (url: Url) => string) => [overload(id, '.kubernetes.URL -> string', run)];

export const URLS: Library = {
  url: [overload('string_to_url', 'string -> kubernetes.URL', url)],
  isURL: [overload('is_url_string', 'string -> bool', (text: string) => typeof parseUrl(text) !== 'string')],
  getScheme: part('url_get_scheme', ({ parts }) => parts.scheme),
  getHost: part('url_get_host', ({ parts }) => parts.host),
  getHostname: part('url_get_hostname', hostname),
  getPort: part('url_get_port', port),
  getEscapedPath: part('url_get_escaped_path', escapedPath),
  getQuery: [overload('url_get_query', '.kubernetes.URL -> map(string, list(string))', query)],
};
