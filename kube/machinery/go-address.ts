/** IP addresses as Go reads them (`net/netip.ParseAddr`). */
import { goQuote } from './schema/go-names.ts';

const at = (rest: string) => ` (at ${goQuote(rest)})`;

export interface Parsed {
  /** Four, or sixteen. */
  bytes: Uint8Array;
  /** Of an IPv6 address, behind `%`. */
  zone: string;
}

/** The address that the text says, or the end of Go's error for a text that is none. */
export function parseAddr(text: string): Parsed | string {
  const sign = /[.:%]/.exec(text)?.[0];
  if (sign === ':') return parseIPv6(text);
  if (sign !== '.') return sign === '%' ? 'missing IPv6 address' : 'unable to parse IP';
  const fields = parseIPv4(text);
  return typeof fields === 'string' ? fields : { bytes: Uint8Array.from(fields), zone: '' };
}

function parseIPv4(text: string): number[] | string {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (character >= '0' && character <= '9') {
      if (digits === 1 && value === 0) return 'IPv4 field has octet with leading zero';
      value = value * 10 + Number(character);
      digits++;
      if (value > 255) return 'IPv4 field has value >255';
    } else if (character === '.') {
      if (i === 0 || i === text.length - 1 || text[i - 1] === '.') {
        return `IPv4 field must have at least one digit${at(text.slice(i))}`;
      }
      if (fields.length === 3) return 'IPv4 address too long';
      fields.push(value);
      value = 0;
      digits = 0;
    } else return `unexpected character${at(text.slice(i))}`;
  }
  return fields.length < 3 ? 'IPv4 address too short' : [...fields, value];
}

function parseIPv6(text: string): Parsed | string {
  const [head = '', ...zones] = text.split('%');
  const zone = zones.join('%');
  if (zones.length > 0 && zone === '') return 'zone must be a non-empty string';
  const bytes: number[] = [];
  /** Where zeros are left out, in bytes. */
  let ellipsis = -1;
  let rest = head;
  if (rest.startsWith('::')) {
    ellipsis = 0;
    rest = rest.slice(2);
  }
  while (bytes.length < 16 && !(ellipsis === 0 && bytes.length === 0 && rest === '')) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (digits.length > 4) return `each group must have 4 or less digits${at(rest)}`;
    if (digits === '') return `each colon-separated field must have at least one digit${at(rest)}`;
    if (rest[digits.length] === '.') {
      if (ellipsis < 0 && bytes.length !== 12) {
        return `embedded IPv4 address must replace the final 2 fields of the address${at(rest)}`;
      }
      if (bytes.length + 4 > 16) {
        return `too many hex fields to fit an embedded IPv4 at the end of the address${at(rest)}`;
      }
      const embedded = parseIPv4(rest);
      if (typeof embedded === 'string') return embedded;
      bytes.push(...embedded);
      rest = '';
      break;
    }
    const group = Number.parseInt(digits, 16);
    bytes.push(group >> 8, group & 0xff);
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (rest[0] !== ':') return `unexpected character, want colon${at(rest)}`;
    if (rest.length === 1) return `colon must be followed by more characters${at(rest)}`;
    rest = rest.slice(1);
    if (rest[0] !== ':') continue;
    if (ellipsis >= 0) return `multiple :: in address${at(rest)}`;
    ellipsis = bytes.length;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return `trailing garbage after address${at(rest)}`;
  if (bytes.length === 16) {
    if (ellipsis >= 0) return 'the :: must expand to at least one field of zeros';
  } else if (ellipsis < 0) return 'address string too short';
  else bytes.splice(ellipsis, 0, ...new Array<number>(16 - bytes.length).fill(0));
  return { bytes: Uint8Array.from(bytes), zone };
}
