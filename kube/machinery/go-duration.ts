/** Durations as Go reads them (`time.ParseDuration`). */

/** Nanoseconds. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** The magnitude of the least int64. */
const MIN_INT64 = 1n << 63n;
/** No int64 has more digits. */
const MAX_DIGITS = 19;

/** Nanoseconds, or Go's error about the text. */
export function parseDuration(text: string): bigint | string {
  const invalid = `invalid duration ${quote(text)}`;
  const negative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') return invalid;
  let total = 0n;
  while (rest !== '') {
    const [whole = '', integer = '', fraction = ''] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? [];
    if (integer === '' && fraction === '') return invalid;
    const digits = integer.replace(/^0+/, '');
    if (digits.length > MAX_DIGITS || BigInt(digits) > MIN_INT64) return invalid;
    rest = rest.slice(whole.length);
    const [name = ''] = /^[^.\d]*/.exec(rest) ?? [];
    if (name === '') return `missing unit in duration ${quote(text)}`;
    const unit = UNITS.get(name);
    if (unit === undefined) return `unknown unit ${quote(name)} in duration ${quote(text)}`;
    rest = rest.slice(name.length);
    total += BigInt(digits) * unit + fractionOf(fraction, unit);
    if (total > MIN_INT64) return invalid;
  }
  if (total === MIN_INT64 && !negative) return invalid;
  return negative ? -total : total;
}

/** In doubles, with Go's roundings, of as many digits behind the first zeros as an int64 has. */
function fractionOf(digits: string, unit: bigint): bigint {
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  let value = digits.slice(zeros, zeros + MAX_DIGITS);
  if (BigInt(value) > MIN_INT64) value = value.slice(0, -1);
  let scale = 1;
  for (let i = 0; i < zeros + value.length; i++) scale *= 10;
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Quotes as the package does: other characters than ASCII byte by byte. */
function quote(text: string): string {
  const quoted = text.replace(/["\\]|\p{Cc}|[^\0-\x7f]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\x7f') return character;
    const bytes = new TextEncoder().encode(character);
    return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${quoted}"`;
}
