/** Errors of an expression and their text (cel-go `common/error.go`, `common/errors.go`). */
export interface SyntaxProblem {
  /** Offset in the text; undefined for the expression as a whole. */
  at: number | undefined;
  message: string;
}

const MAX_ERRORS = 100;
const MAX_SNIPPET = 16384;

/** The text of all errors, in their order in the expression, each with its line and a mark beneath. */
export function errorsText(source: string, problems: readonly SyntaxProblem[]): string {
  const lines = source.split('\n');
  const starts: number[] = [];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    start += line.length + 1;
  }
  // The errors that were found first are told.
  const located = problems.slice(0, MAX_ERRORS).map(({ at, message }) => {
    if (at === undefined) return { line: -1, column: -1, message };
    let line = starts.findLastIndex((offset) => offset <= at);
    if (line < 0) line = 0;
    const before = (lines[line] ?? '').slice(0, at - (starts[line] ?? 0));
    return { line, column: [...before].length, message };
  });
  located.sort((a, b) => a.line - b.line || a.column - b.column);
  const texts = located.map(({ line, column, message }) => {
    if (line < 0) return `ERROR: <input>:-1:0: ${message}`;
    // Upstream finds no first line in an empty text, and counts its columns from 0.
    if (source === '') return `ERROR: <input>:1:0: ${message}`;
    const head = `ERROR: <input>:${line + 1}:${column + 1}: ${message}`;
    const snippet = (lines[line] ?? '').replaceAll('\t', ' ');
    if (snippet.length > MAX_SNIPPET) return head;
    const characters = [...snippet];
    const wide = (character: string | undefined) => character !== undefined && character > '\u007f';
    const dots = characters.slice(0, column).map((character) => (wide(character) ? '\uff0e' : '.'));
    return `${head}\n | ${snippet}\n | ${dots.join('')}${wide(characters[column]) ? '\uff3e' : '^'}`;
  });
  if (problems.length > MAX_ERRORS) texts.push(`${problems.length - MAX_ERRORS} more errors were truncated`);
  return texts.join('\n');
}
