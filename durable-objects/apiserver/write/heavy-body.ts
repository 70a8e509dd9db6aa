/**
 * Whether the body of a request is such that the stack of what reads it may not do. An overflow of any other request is a
 * fault of this server's.
 */
import { jsonExcess } from '../../../kube/machinery/schema/json-size.ts';
import type { ApiRequest } from '../request.ts';
import { mediaType } from './media-type.ts';

/** Far below what any stack takes. */
const DEEP = 100;
/** A list of errors is passed as arguments. */
const WIDE = 10_000;

/** A JSON patch deepens an object by its paths, and by copies of copies. */
const DEEPENS = new RegExp(`"(copy|move)"|(/[^"/]*){${DEEP}}`);
const INDENTED = new RegExp(`^[ -]{${DEEP}}`, 'm');

export function isHeavyBody(request: Pick<ApiRequest, 'body' | 'header'>): boolean {
  const { body } = request;
  if (!body) return false;
  if (jsonExcess(body, DEEP, WIDE) !== undefined) return true;
  const type = mediaType(request as ApiRequest);
  if (type === 'application/json-patch+json') return DEEPENS.test(body);
  return type.includes('yaml') && INDENTED.test(body);
}
