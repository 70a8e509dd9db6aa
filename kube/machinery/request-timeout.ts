/** The `timeout` of a request's query, a Go duration (apiserver `pkg/endpoints/filters/request_deadline.go`). */

/** Nanoseconds. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Of int64, without its sign. */
const MOST = 1n << 63n;

/** Why a value is refused; undefined for what is none, or good. Nothing here takes as long as any of them allows. */
export function timeoutProblem(value: string | undefined): string | undefined {
  const problem = value ? durationProblem(value) : undefined;
  return problem && `invalid timeout specified in the request URL - time: ${problem}`;
}

/** What Go's `time.ParseDuration` has against a text. */
function durationProblem(text: string): string | undefined {
  const invalid = `invalid duration ${quote(text)}`;
  const negative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return undefined;
  if (rest === '') return invalid;
  let total = 0n;
  while (rest !== '') {
    const [whole = '', integer = '', fraction = ''] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? [];
    if (integer === '' && fraction === '') return invalid;
    const amount = BigInt(integer);
    if (amount > MOST) return invalid;
    rest = rest.slice(whole.length);
    const [name = ''] = /^[^.\d]*/.exec(rest) ?? [];
    if (name === '') return `missing unit in duration ${quote(text)}`;
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit === undefined) return `unknown unit ${quote(name)} in duration ${quote(text)}`;
    rest = rest.slice(name.length);
    total += amount * unit + BigInt(Math.trunc(Number(`0.${fraction}`) * Number(unit)));
    if (total > MOST) return invalid;
  }
  return total === MOST && !negative ? invalid : undefined;
}

/** As that package quotes: what is no ASCII, byte by byte. */
function quote(text: string): string {
  const quoted = text.replace(/["\\]|\p{Cc}|[^\0-\x7f]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\x7f') return character;
    const bytes = new TextEncoder().encode(character);
    return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${quoted}"`;
}
