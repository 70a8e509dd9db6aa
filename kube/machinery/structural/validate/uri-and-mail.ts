/** `url.ParseRequestURI` and `mail.ParseAddress` of Go, as far as formats ask them. */

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/;

/** An absolute URI, or an absolute path. */
export function isRequestURI(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go refuses them by their codes.
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) return false;
  if (text === '*') return true;
  const scheme = SCHEME.exec(text);
  if (!scheme && text.startsWith(':')) return false;
  let rest = scheme ? text.slice(scheme[0].length) : text;
  const question = rest.indexOf('?');
  if (question >= 0) rest = rest.slice(0, question);
  if (!rest.startsWith('/')) return scheme !== null;
  if ((scheme || !rest.startsWith('///')) && rest.startsWith('//')) {
    // Without a scheme, two slashes begin a path.
    if (!scheme) return hasGoodEscapes(rest);
    const end = rest.indexOf('/', 2);
    const authority = end < 0 ? rest.slice(2) : rest.slice(2, end);
    if (!isAuthority(authority)) return false;
    rest = end < 0 ? '' : rest.slice(end);
  }
  return hasGoodEscapes(rest);
}

function hasGoodEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text);
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const user = authority.slice(0, at);
    if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || !hasGoodEscapes(user)) return false;
  }
  const host = authority.slice(at + 1);
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    return end >= 0 && /^(:\d*)?$/.test(host.slice(end + 1));
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return false;
  const name = colon >= 0 ? host.slice(0, colon) : host;
  // Of ASCII, these alone are taken as they are; only others than ASCII may be escaped in a host.
  if (/%(?![89a-fA-F][0-9a-fA-F])/.test(name)) return false;
  return !/[ "<>\\^`{|}/?#]/.test(name.replaceAll('"', '').replaceAll('<', '').replaceAll('>', ''));
}

const ATEXT = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+$/u;

/** An address of RFC 5322, with or without a name before it. */
export function isEmail(text: string): boolean {
  const trimmed = text.trim();
  const named = /^([^<>]*)<([^<>]*)>$/.exec(trimmed);
  return named ? isName((named[1] ?? '').trim()) && isAddress(named[2] ?? '') : isAddress(trimmed);
}

function isName(name: string): boolean {
  if (name === '' || /^"(?:[^"\\]|\\.)*"$/.test(name)) return true;
  return name.split(/\s+/).every((word) => word.split('.').every((atom) => atom === '' || ATEXT.test(atom)));
}

function isAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  if (at <= 0) return false;
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  const isDomain = /^\[[^[\]\\]+\]$/.test(domain) || domain.split('.').every((atom) => ATEXT.test(atom));
  const isLocal = /^"(?:[^"\\]|\\.)*"$/.test(local)
    ? local.length > 2
    : local.split('.').every((atom) => ATEXT.test(atom));
  return isDomain && isLocal;
}
