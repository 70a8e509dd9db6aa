/** metav1.ListOptions (apimachinery `pkg/apis/meta/internalversion/validation`). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import { type Call, namespaceOf } from '../call.ts';
import { badRequest, invalid } from '../errors.ts';
import { checkSelectors } from '../negotiate/match.ts';
import { outOfRange, type Query, queryFlag, wholeNumber } from '../query.ts';

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
  /** 0 when there is none. */
  limit: number;
  continue?: string;
  resourceVersion?: string;
  match?: 'Exact' | 'NotOlderThan';
  sendInitialEvents?: boolean;
  allowWatchBookmarks: boolean;
  timeoutSeconds?: number;
}

const NOT_OLDER = 'NotOlderThan';
const EXACT = 'Exact';

/** Throws 400 for a value that cannot be read, and after that 422 for values that contradict each other. */
export function parseListOptions(query: Query, isWatch: boolean): ListOptions {
  const timeoutSeconds = wholeNumber(query, 'timeoutSeconds');
  const resourceVersionMatch = query.get('resourceVersionMatch') || undefined;
  const sendInitialEvents = query.get('sendInitialEvents');
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') || undefined,
    fieldSelector: query.get('fieldSelector') || undefined,
    limit: wholeNumber(query, 'limit') ?? 0,
    continue: query.get('continue') || undefined,
    resourceVersion: query.get('resourceVersion') || undefined,
    match: resourceVersionMatch as ListOptions['match'],
    sendInitialEvents: sendInitialEvents === undefined ? undefined : queryFlag(query, 'sendInitialEvents'),
    allowWatchBookmarks: queryFlag(query, 'allowWatchBookmarks'),
    timeoutSeconds,
  };
  checkSelectors(options);
  if (isWatch) setWatchDefaults(options);
  const errors = isWatch ? watchErrors(options) : listErrors(options);
  if (errors.length > 0) throw invalid('ListOptions.meta.k8s.io', '', errors);
  return options;
}

/** A watch without a revision begins with the objects that exist (`SetListOptionsDefaults`). */
function setWatchDefaults(options: ListOptions): void {
  if (options.sendInitialEvents !== undefined || options.match !== undefined) return;
  if (options.resourceVersion !== undefined && options.resourceVersion !== '0') return;
  options.sendInitialEvents = true;
  options.match = NOT_OLDER;
}

function listErrors({ match, resourceVersion, sendInitialEvents, ...options }: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const field = 'resourceVersionMatch';
  if (match !== undefined) {
    if (!resourceVersion) {
      errors.push(fieldError.forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    }
    if (options.continue) {
      errors.push(fieldError.forbidden(field, 'resourceVersionMatch is forbidden when continue is provided'));
    }
    if (match !== EXACT && match !== NOT_OLDER) {
      errors.push(fieldError.notSupported(field, match, [EXACT, NOT_OLDER, '']));
    }
    if (match === EXACT && resourceVersion === '0') {
      errors.push(fieldError.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) {
    errors.push(fieldError.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function watchErrors({ match, sendInitialEvents, ...options }: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const field = 'resourceVersionMatch';
  if (sendInitialEvents !== undefined && match !== NOT_OLDER) {
    const why = `sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER}`;
    errors.push(fieldError.forbidden(field, why));
  }
  if (match !== undefined) {
    if (sendInitialEvents === undefined) {
      const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
      errors.push(fieldError.forbidden(field, why));
    }
    if (match !== NOT_OLDER) errors.push(fieldError.notSupported(field, match, [NOT_OLDER]));
    if (options.continue) {
      errors.push(fieldError.forbidden(field, 'resourceVersionMatch is forbidden when continue is provided'));
    }
  }
  return errors;
}

const MAX_UINT64 = '18446744073709551615';

/** A resourceVersion as a revision; undefined when none was given. Throws 400. */
export function revisionOf(text: string | undefined, prefix = ''): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw badRequest(`${prefix}resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
  }
  if (text.length >= MAX_UINT64.length && BigInt(text) > BigInt(MAX_UINT64)) {
    throw outOfRange('ParseUint', text, `${prefix}resourceVersion: Invalid value: ${JSON.stringify(text)}: `);
  }
  return Number(text);
}

/** The keys of a list or watch: one key where a name is known. */
export function prefixOf(call: Call): string {
  const { kind, info, storage } = call;
  const namespace = namespaceOf(call);
  if (info.name !== '' && (namespace !== '' || kind.scope === 'Cluster')) return keyOf(storage, namespace, info.name);
  return keyPrefix(storage, namespace);
}

/** The field selector with the name of the path, as `/watch/…/{name}` means. */
export function fieldSelectorOf({ info }: Call, { fieldSelector }: ListOptions): string | undefined {
  if (info.name === '' || info.nameFromSelector) return fieldSelector;
  const byName = `metadata.name=${info.name}`;
  return fieldSelector ? `${byName},${fieldSelector}` : byName;
}
