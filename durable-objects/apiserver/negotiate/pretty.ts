/** JSON with line breaks, for people who read it (apiserver `pkg/endpoints/handlers/negotiation/negotiate.go`). */
import { endOfString } from '../../../kube/machinery/schema/json-size.ts';
import type { Query } from '../query.ts';
import type { ApiRequest } from '../request.ts';

const HUMANS = ['curl', 'Wget', 'Mozilla/5.0'];
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** `isPrettyPrint`: asked for in the query, or in `Accept`, or by a browser or command-line tool. */
export function isPretty(request: ApiRequest, query: Query): boolean {
  if (request.header('accept')?.includes('pretty=1')) return true;
  const asked = query.get('pretty');
  if (asked) return TRUE.has(asked);
  const agent = request.header('user-agent');
  return agent !== undefined && HUMANS.some((name) => agent.startsWith(name));
}

const MARK = /["{}[\],:]/g;

/**
 * As Go's `json.Indent` with two spaces: strings and numbers stay as they are written. A string lies within one piece.
 */
export function* indent(pieces: Iterable<string>): Generator<string> {
  let depth = 0;
  /** A bracket was opened, and nothing is in it yet. */
  let isEmpty = false;
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (const piece of pieces) {
    let out = '';
    for (let at = 0; at < piece.length; ) {
      MARK.lastIndex = at;
      const found = MARK.exec(piece)?.index ?? piece.length;
      const plain = piece.slice(at, found).trim();
      const mark = piece[found] ?? '';
      const isEnd = mark === '}' || mark === ']';
      if (isEmpty && (plain !== '' || (mark !== '' && !isEnd))) {
        out += line();
        isEmpty = false;
      }
      out += plain;
      at = mark === '"' ? endOfString(piece, found) : found + 1;
      if (isEnd) {
        depth--;
        if (!isEmpty) out += line();
        isEmpty = false;
      }
      out += piece.slice(found, at);
      if (mark === '{' || mark === '[') {
        depth++;
        isEmpty = true;
      } else if (mark === ',') out += line();
      else if (mark === ':') out += ' ';
    }
    yield out;
  }
}
