/** URLs (apiserver `pkg/cel/library/urls.go`; Go's `net/url`). */
import { bytesToText, escapedPath, type GoUrl, parseRequestURI, parseUrl, splitHostPort } from '../../../go-url.ts';
import { structType, type Type } from '../../check/type.ts';
import { CelError, Foreign, NativeDict, NativeList, NO_SUCH_OVERLOAD, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';

const URL_TYPE = structType('kubernetes.URL');

class Url extends Foreign {
  readonly type: Type = URL_TYPE;
  readonly parts: GoUrl;
  private readonly text: string;
  /** By the function that reads it of the URL: each may be asked for often, and costs but little. */
  private readonly known = new Map<unknown, Value>();
  constructor(parts: GoUrl, text: string) {
    super();
    this.parts = parts;
    this.text = text;
  }
  read(of: (url: Url) => Value): Value {
    const known = this.known.get(of) ?? of(this);
    this.known.set(of, known);
    return known;
  }
  equals(other: Value): boolean | CelError {
    return other instanceof Url ? this.text === other.text : NO_SUCH_OVERLOAD;
  }
  toString(): string {
    return this.text;
  }
}

function url(text: string): Value {
  const parts = parseUrl(text);
  if (typeof parts === 'string') return new CelError(`URL parse error during conversion from string: ${parts}`);
  return new Url(parts, text);
}

const PLAIN = /^[^%+\x80-\xff]*$/;

/** `url.QueryUnescape`, which takes bytes that are no UTF-8. */
function unescapeQuery(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const byte = (triplet: string) => String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
  return bytesToText(text.replaceAll('+', ' ').replace(/%../g, byte));
}

function query({ parts }: Url): Value {
  const found = new Map<string, Value[]>();
  for (const pair of parts.query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const [, name = '', text = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const [key, value] = [unescapeQuery(name), unescapeQuery(text)];
    if (key === undefined || value === undefined) continue;
    const values = found.get(key);
    if (values) values.push(value);
    else found.set(key, [value]);
  }
  return new NativeDict([...found].map(([key, values]): [Value, Value] => [key, new NativeList(values)]));
}

const part = (id: string, run: (url: Url) => string) => [
  overload(id, '.kubernetes.URL -> string', (url: Url) => url.read(run)),
];

export const URLS: Library = {
  url: [overload('string_to_url', 'string -> kubernetes.URL', url)],
  isURL: [overload('is_url_string', 'string -> bool', (text: string) => typeof parseRequestURI(text) !== 'string')],
  getScheme: part('url_get_scheme', ({ parts }) => parts.scheme),
  getHost: part('url_get_host', ({ parts }) => bytesToText(parts.host)),
  getHostname: part('url_get_hostname', ({ parts }) => bytesToText(splitHostPort(parts).hostname)),
  getPort: part('url_get_port', ({ parts }) => splitHostPort(parts).port),
  getEscapedPath: part('url_get_escaped_path', ({ parts }) => escapedPath(parts)),
  getQuery: [overload('url_get_query', '.kubernetes.URL -> map(string, list(string))', (url: Url) => url.read(query))],
};
