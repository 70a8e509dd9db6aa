/** Numbers of query strings. */
import type { Query } from '../../kube/machinery/request/query.ts';
import { isInt64 } from '../../kube/machinery/schema/number-texts.ts';
import { badRequest } from './errors.ts';

export { parseQuery, type Query, queryFlag } from '../../kube/machinery/request/query.ts';

/** A number as Go reads an int64. Throws 400. */
export function wholeNumber(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (text.length > 18 && !isInt64(text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')))
    throw outOfRange('ParseInt', text);
  // Beyond this a double is no whole number to the database, and no cluster has as many objects.
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

export function outOfRange(parse: 'ParseInt' | 'ParseUint', text: string, prefix = ''): Error {
  return badRequest(`${prefix}strconv.${parse}: parsing ${JSON.stringify(text)}: value out of range`);
}
