/** `Warning` headers (apiserver `pkg/endpoints/filters/warning.go`; RFC 7234: `warn-code warn-agent "text"`). */
import type { Call } from './call.ts';
import type { ServerPorts } from './server.ts';

/** Characters of all warnings of one answer. Beyond, each is cut, and what still finds no room is left out. */
const MAX_ALL = 4 * 1024;
const MAX_ONE = 256;

const STORAGE_WARNING_MS = 60_000;
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);
const MIB = 1024 * 1024;

/** A header with each text once; undefined where there are none. A text with a control character is left out, as upstream. */
export function warningHeader(warnings: readonly string[]): string | undefined {
  if (warnings.length === 0) return undefined;
  const texts = [...new Set(warnings)].filter((text) => !/\p{Cc}/u.test(text));
  if (texts.length === 0) return undefined;
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  return (size <= MAX_ALL ? texts : cut(texts)).map(warning).join(', ');
}

function cut(texts: readonly string[]): string[] {
  const kept: string[] = [];
  let size = 0;
  for (const text of texts) {
    if (size >= MAX_ALL) break;
    // A character is one or two code units.
    const one = text.length <= MAX_ONE ? text : [...text.slice(0, 2 * MAX_ONE)].slice(0, MAX_ONE).join('');
    size += one.length;
    kept.push(one);
  }
  return kept;
}

function warning(text: string): string {
  return `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Once a minute, a client's write in a cluster whose storage is nearly full gets a warning. */
export function storageWarnings({ use }: ServerPorts['store']): (call: Call) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ info, request, now, warnings }) => {
    if (request.cause || !WRITES.has(info.verb) || now - last < STORAGE_WARNING_MS || !use.isLow) return;
    last = now;
    const [used, quota] = [use.used, use.quota ?? 0].map((bytes) => Math.ceil(bytes / MIB));
    warnings.push(
      `${used} MiB of the ${quota} MiB that this cluster may store are used: once it is full, nothing can be created`,
    );
  };
}
