/** `Warning` headers (apiserver `pkg/endpoints/filters/warning.go`; RFC 7234: `warn-code warn-agent "text"`). */

/** Characters of all warnings of one answer. Beyond, each is cut, and what still finds no room is left out. */
const MAX_ALL = 4 * 1024;
const MAX_ONE = 256;

/** One header for all, each text once; undefined where there are none. */
export function warningHeader(warnings: readonly string[]): string | undefined {
  if (warnings.length === 0) return undefined;
  const texts = [...new Set(warnings)];
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

/** Header values are one line. */
function warning(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return `299 - "${line.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
