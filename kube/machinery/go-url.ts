/** URLs as Go reads them (`net/url` of Go 1.26). */
import { binaryString } from './binary-string.ts';
import { parseAddr } from './go-address.ts';
import { goQuote } from './schema/go-names.ts';

export interface GoUrl {
  /** In lower case; '' for none. */
  scheme: string;
  /** Unescaped, with the port, and the brackets of an IPv6 address. */
  host: string;
  /** As it is written; '' where what follows the scheme is no path (`mailto:a@b`). */
  rawPath: string;
  query: string;
}

type Mode = 'host' | 'zone' | 'path' | 'user';

const NOT_OF_HOST = /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\x80-\xff]/;
/** A path that is kept as it is written. */
const OF_PATH = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]%]*$/;
/** Characters that are escaped in any other path. */
const ESCAPED_IN_PATH = /[^A-Za-z0-9\-_.~$&+,/:;=@]/g;
const USERINFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const PORT = /^(?::[0-9]*)?$/;

class UrlError extends Error {}

/** `url.ParseRequestURI`: absolute, or a path from the root. A string is its error. */
export function parseRequestURI(text: string): GoUrl | string {
  return parsed(text, true);
}

function parsed(text: string, isRequest: boolean): GoUrl | string {
  try {
    return parse(binaryString(new TextEncoder().encode(text)), isRequest);
  } catch (error) {
    if (error instanceof UrlError) return `parse ${goQuote(text)}: ${error.message}`;
    throw error;
  }
}

/** `url.Parse` of a text that {@link parseRequestURI} takes: its end from `#` on is no part of the rest. */
export function parseUrl(text: string): GoUrl | string {
  const whole = parseRequestURI(text);
  return typeof whole === 'string' ? whole : parseReference(text);
}

/** `url.Parse`, which takes relative ones, too. The error as {@link parseRequestURI} has it. */
export function parseReference(text: string): GoUrl | string {
  const at = text.indexOf('#');
  const parts = parsed(at < 0 ? text : text.slice(0, at), false);
  if (typeof parts === 'string' || at < 0) return parts;
  const wrong = wrongEscape(text.slice(at + 1));
  return wrong === undefined ? parts : `parse ${goQuote(text)}: invalid URL escape ${goQuote(wrong)}`;
}

/** Bytes are characters in here. `isRequest`: without a scheme, `//` begins a path, not a host. */
function parse(text: string, isRequest: boolean): GoUrl {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Go refuses.
  if (/[\x00-\x1f\x7f]/.test(text)) throw new UrlError('net/url: invalid control character in URL');
  if (text === '' && isRequest) throw new UrlError('empty url');
  if (text === '*') return { scheme: '', host: '', rawPath: '*', query: '' };
  if (text.startsWith(':')) throw new UrlError('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
  const [rest = '', ...more] = text.slice(scheme === '' ? 0 : scheme.length + 1).split('?');
  const url: GoUrl = { scheme: scheme.toLowerCase(), host: '', rawPath: rest, query: more.join('?') };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...url, rawPath: '' };
    if (isRequest) throw new UrlError('invalid URI for request');
    if (/^[^/]*:/.test(rest)) throw new UrlError('first path segment in URL cannot contain colon');
  }
  if (rest.startsWith('//') && (scheme !== '' || (!isRequest && !rest.startsWith('///')))) {
    const slash = rest.indexOf('/', 2);
    url.host = parseAuthority(url.scheme, rest.slice(2, slash < 0 ? undefined : slash));
    url.rawPath = slash < 0 ? '' : rest.slice(slash);
  }
  checkAndUnescape(url.rawPath, 'path');
  return url;
}

function parseAuthority(scheme: string, authority: string): string {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return host;
  const user = authority.slice(0, at);
  if (!USERINFO.test(user)) throw new UrlError('net/url: invalid userinfo');
  checkAndUnescape(user, 'user');
  return host;
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new UrlError('invalid IP-literal');
  if (open === 0) return parseBrackets(host);
  const [first, last] = [host.indexOf(':'), host.lastIndexOf(':')];
  const colon = scheme === 'http' || scheme === 'https' ? first : last;
  if (colon >= 0) checkPort(host.slice(colon));
  return checkAndUnescape(host, 'host');
}

function parseBrackets(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new UrlError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const plain =
    zone < 0
      ? checkAndUnescape(name, 'host')
      : checkAndUnescape(name.slice(0, zone), 'host') + checkAndUnescape(name.slice(zone), 'zone');
  const address = parseAddr(plain);
  if (typeof address === 'string') throw new UrlError(`invalid host: ParseAddr(${quoted(plain)}): ${address}`);
  if (address.bytes.length === 4) throw new UrlError('invalid IP-literal');
  return `[${plain}]${port}`;
}

function checkPort(port: string): void {
  if (!PORT.test(port)) throw new UrlError(`invalid port ${quoted(port)} after host`);
}

function wrongEscape(text: string): string | undefined {
  return /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0];
}

function checkAndUnescape(text: string, mode: Mode): string {
  const wrong = (shown: string) => new UrlError(`invalid URL escape ${quoted(shown)}`);
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (character === '%') {
      const triplet = text.slice(i, i + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(triplet)) throw wrong(triplet);
      const code = Number.parseInt(triplet.slice(1), 16);
      // A host holds escapes of what is no ASCII, and a zone those of what a host may hold.
      if (triplet !== '%25') {
        if (mode === 'host' && code < 0x80) throw wrong(triplet);
        if (mode === 'zone' && code !== 0x20 && (code >= 0x80 || NOT_OF_HOST.test(String.fromCharCode(code)))) {
          throw wrong(triplet);
        }
      }
      i += 2;
    } else if ((mode === 'host' || mode === 'zone') && NOT_OF_HOST.test(character)) {
      throw new UrlError(`invalid character ${quoted(character)} in host name`);
    }
  }
  return unescaped(text);
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The text whose UTF-8 these bytes are. */
export function bytesToText(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

const quoted = (bytes: string) => goQuote(bytesToText(bytes));

/** `URL.EscapedPath`. */
export function escapedPath({ rawPath }: GoUrl): string {
  if (rawPath === '*' || OF_PATH.test(rawPath)) return rawPath;
  return unescaped(rawPath).replace(
    ESCAPED_IN_PATH,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** `URL.Hostname` and `URL.Port`. */
export function splitHostPort({ host }: GoUrl): { hostname: string; port: string } {
  const colon = host.lastIndexOf(':');
  const hasPort = colon >= 0 && PORT.test(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  const isBracketed = name.startsWith('[') && name.endsWith(']');
  return { hostname: isBracketed ? name.slice(1, -1) : name, port: hasPort ? host.slice(colon + 1) : '' };
}
