/** Compares two answers to a request that changes one field. */
import { type Difference, firstDifference, signatureOf } from '../difference.ts';
import { Mask, withoutOwnTime, withoutOwnWarning } from '../mask.ts';
import type { Json } from '../mutations.ts';
import type { Answer } from './server.ts';

export interface Finding {
  signature: string;
  difference: Difference;
}

/** `dropped`: the field that differs is in a part that the endpoint drops. */
export function compareAnswers(path: string, upstream: Answer, islet: Answer, dropped = false): Finding | undefined {
  if (upstream.status === 0) return undefined;
  // Bad input that upstream takes for an error of its own is the client's here.
  if (upstream.status === 500 && Math.floor(islet.status / 100) === 4) return undefined;
  // A patch of a list that another part of one of the two has written.
  if (OWN_STATUS.test(path) && /does not contain declared merge key/.test(upstream.text)) return undefined;
  const [expected, seen] = [readable(upstream, path), readable(islet, path)];
  if (expected.status < 300) {
    fillUnset(expected.body, seen.body);
    // Upstream reads what it drops, and gives up on managers where it cannot.
    // Upstream owns the annotations that its conversion makes of a status that a create then drops.
    if (dropped && path.endsWith('/horizontalpodautoscalers')) delete expected.body.metadata?.managedFields;
    if (dropped && !expected.body.metadata?.managedFields) delete seen.body.metadata?.managedFields;
  }
  const difference = firstDifference(expected, seen);
  if (!difference) return undefined;
  const shown = summarised(expected, seen, difference);
  const sort = shown.path.startsWith('.body') ? { peer: typeOf(shown.peer), islet: typeOf(shown.islet) } : {};
  return { signature: signatureOf('', { ...shown, ...sort }), difference: shown };
}

/** Of two answers of which one is an error: the errors that the other has not. */
function summarised(expected: Json, seen: Json, difference: Difference): Difference {
  const { path } = difference;
  if (path !== '.status' && !path.startsWith('.causes')) return difference;
  const [theirs, ours] = [expected, seen].map((each): string[] =>
    (each.causes ?? [{ message: each.message }]).map((cause: Json) => `${where(cause.field)} ${cause.message}`),
  ) as [string[], string[]];
  const missing = theirs.filter((each) => !ours.includes(each));
  const extra = ours.filter((each) => !theirs.includes(each));
  const same = missing.length + extra.length === 0;
  return {
    path: `${path} ${expected.status} ${seen.status}`,
    peer: same ? `order ${JSON.stringify(difference.peer)}` : missing.join(' ; '),
    islet: same ? `order ${JSON.stringify(difference.islet)}` : extra.join(' ; '),
  };
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function where(field: string | undefined): string {
  return (field ?? '')
    .replace(/^.*\btemplate\.spec\./, 'spec.')
    .replace(/\b(initC|ephemeralC)ontainers/, 'containers')
    .replace(/\[\d+\]/g, '[]');
}

/** Go prints null for a list or a time that is not set; here it is left out, or empty. Clients read them alike. */
function fillUnset(expected: Json, seen: Json): void {
  if (typeof expected !== 'object' || expected === null || typeof seen !== 'object' || seen === null) return;
  for (const [name, value] of Object.entries(expected)) {
    if (value !== null) fillUnset(value, seen[name]);
    else if (seen[name] === undefined || (Array.isArray(seen[name]) && seen[name].length === 0)) seen[name] = null;
  }
}

function readable({ status, warning = '', text }: Answer, path: string): Json {
  const body = withoutOwnTime(new Mask().apply(sorted(parsed(text))), path);
  const causes = body?.kind === 'Status' ? body.details?.causes : undefined;
  const seen = new Set<string>();
  const unique = causes?.filter((each: Json) => !seen.has(JSON.stringify(each)) && seen.add(JSON.stringify(each)));
  for (const cause of unique ?? [])
    cause.message = cause.message
      ?.replace(NOTHING, '$1 value: {}')
      .replace(STRUCT, '$1{…}$2')
      .replace(CONTROL, '\\x$1')
      .replace(LEAST, '-2^63')
      .replace(PATCHED, '{…}');
  if (unique?.some((cause: Json) => cause.message?.includes('{…}'))) body.message = 'about a struct';
  if (unique) body.details.causes = unique;
  if (body?.metadata?.generateName) {
    body.metadata.name = 'generated';
    if (body.kind === 'Namespace') delete body.metadata.labels;
  }
  hideOwn(body);
  // A server's own parts write conditions, which do not run on both.
  if (OWN_STATUS.test(path) && body?.metadata) delete body.metadata.managedFields;
  if (UNDECLARED.test(body?.message ?? '')) body.message = 'a field that is not declared';
  if (body?.kind === 'Status') body.message = body.message?.replace(CONTROL, '\\x$1').replace(LEAST, '-2^63');
  const message = body?.kind === 'Status' ? body.message : undefined;
  return { status, causes: unique, warning: withoutOwnWarning(warning), message, body };
}

/** The value of an error that is a whole struct: upstream shows Go's own fields, Islet those of the API. */
const STRUCT = /^((?:Invalid|Duplicate|Unsupported) value: \[?)\{[\s\S]*\}(\]?(?:: |$))/;
/** Nothing, which Go prints as a nil or an empty list or map, as the client or its own code made it. */
const NOTHING = /^(Invalid|Unsupported) value: (?:null|\[\]|\{\})(?=: |$)/;

/** The whole object as a patch left it, whose keys stand in another order upstream. */
const PATCHED = /(?<=^Invalid value: )"(?:\{|map\[)[\s\S]*"(?=: )/;

/** The least int64, which is rounded here. */
const LEAST = /-922337203685477(?:5808|6000)/;

/** A control character in a value whose type has a name of its own, which upstream prints as JSON. */
const CONTROL = /\\u00([01][0-9a-f])/g;

/** Each server has its own users, keys and roles. */
function hideOwn(body: Json): void {
  if (body?.kind === 'CertificateSigningRequest') delete body.spec;
  if (body?.kind === 'SelfSubjectReview') delete body.status.userInfo;
  if (body?.kind === 'SelfSubjectRulesReview') delete body.status;
  if (body?.kind === 'TokenRequest' && body.status?.token) body.status.token = 'token';
  if (typeof body?.message === 'string') body.message = body.message.replace(RECORD, 'record (rv)');
}

const RECORD = /record \(\d+\)/;

/** Keys in order, as uids are numbered in the order in which they are met. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** Kinds whose status is another on the two servers before anything is asked. */
const OWN_STATUS = /\/(customresourcedefinitions|flowschemas|prioritylevelconfigurations|resourcequotas|apiservices)/;

/** Which of several fields is told first, is chance upstream. */
const UNDECLARED = /: field not declared in schema$/;

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
