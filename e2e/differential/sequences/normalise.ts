/** Leaves out of answers the parts that are not compared; the README lists them, with reasons. */
import { withoutOwnWarning } from '../mask.ts';
import type { Json } from '../mutations.ts';

export const normalised = {
  header(name: string, value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    if (name === 'warning') return withoutOwnWarning(value) || undefined;
    // The uids of flow schemas and priority levels, which each server makes.
    if (name.startsWith('x-kubernetes-pf-')) return 'uid';
    return value;
  },

  body(body: Json): Json {
    return withoutRepeatedCauses(
      withoutContent(withoutStructs(withoutTimes(withoutDescriptions(withoutListRevision(body))))),
    );
  },

  events(events: Json[]): Json[] {
    return events.filter((event, index) => !isLastMark(event, events[index + 1]) && !isPeriodic(event));
  },
};

/**
 * Upstream sets a pod's grace period to 0, and deletes it in a second write. Here both are one write, with one event.
 */
function isLastMark(event: Json, next: Json): boolean {
  const { name, deletionTimestamp, deletionGracePeriodSeconds } = event.object?.metadata ?? {};
  if (event.type !== 'MODIFIED' || next?.type !== 'DELETED' || next.object?.metadata?.name !== name) return false;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0;
}

/** A bookmark that only tells a revision comes when the server likes. */
function isPeriodic({ type, object }: Json): boolean {
  const metadata = object?.rows ? object.rows[0]?.object?.metadata : object?.metadata;
  return type === 'BOOKMARK' && metadata?.annotations?.['k8s.io/initial-events-end'] === undefined;
}

/** Upstream's bookmarks hold a Go value in which nothing is set, but for what its conversions set. */
function withoutContent(event: Json): Json {
  if (event?.type !== 'BOOKMARK') return event;
  if (event.object?.kind === 'Table') {
    for (const row of event.object.rows ?? []) delete row.cells;
    return event;
  }
  const { kind, apiVersion, metadata = {} } = event.object ?? {};
  delete metadata.annotations?.['deprecated.daemonset.template.generation'];
  return { type: 'BOOKMARK', object: { kind, apiVersion, metadata } };
}

/** Managers are in the order of their times, in which the servers may differ by a second. */
function withoutTimes(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value.managedFields)) {
    const name = (entry: Json) =>
      JSON.stringify([entry?.manager, entry?.operation, entry?.apiVersion, entry?.subresource]);
    value.managedFields.sort((a: Json, b: Json) => (name(a) < name(b) ? -1 : 1));
  }
  for (const inner of Object.values(value)) withoutTimes(inner);
  return value;
}

/** Descriptions of columns are Islet's own texts. */
function withoutDescriptions(body: Json): Json {
  const table = body?.type && body.object ? body.object : body;
  for (const column of Array.isArray(table?.columnDefinitions) ? table.columnDefinitions : []) {
    delete column.description;
  }
  // Upstream's rows of IPAddresses have an age, of which the columns do not tell.
  const width = table?.columnDefinitions?.length;
  if (width > 0) for (const row of table.rows ?? []) row.cells?.splice(width);
  return body;
}

/**
 * Upstream runs the rules of metadata up to four times on an update. Its message has each error once, as the causes have
 * here.
 */
function withoutRepeatedCauses(body: Json): Json {
  const causes = body?.kind === 'Status' ? body.details?.causes : undefined;
  if (!Array.isArray(causes)) return body;
  const seen = new Set<string>();
  body.details.causes = causes.filter((cause) => !seen.has(JSON.stringify(cause)) && seen.add(JSON.stringify(cause)));
  return body;
}

/** Structs within errors: upstream shows their fields in its own order, and a patched object in the order of a library. */
function withoutStructs(body: Json): Json {
  if (body?.kind !== 'Status' || typeof body.message !== 'string') return body;
  body.message = collapsed(body.message).replace(UNDECLARED, '$1fields');
  // Upstream goes through the properties of a custom resource's schema in any order.
  if (body.reason === 'Invalid' && body.details?.group?.endsWith('example.com') && body.details.causes) {
    body.details.causes.sort((a: Json, b: Json) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    body.message = 'its causes';
  }
  for (const cause of body.details?.causes ?? []) {
    if (cause.field === 'patch') cause.message = 'about a patch';
    else if (cause.message) cause.message = collapsed(cause.message);
  }
  return body;
}

/** Upstream goes through a map in any order, and tells one field of it. */
const UNDECLARED = /^(failed to create typed patch object \([^)]*\): )[\s\S]*field not declared in schema[\s\S]*$/;

/** `Invalid value: {"a":[1]}: …` → `Invalid value: {…}: …` */
export function collapsed(text: string): string {
  let rest = text.replace(/(patch: Invalid value: )"(?:[^"\\]|\\.)*"/g, '$1{…}').replace(NOTHING, '$1{…}');
  let done = '';
  for (;;) {
    const start = /(?:Invalid|Duplicate) value: (?=\[?\{)/.exec(rest);
    if (!start) return done + rest;
    const from = start.index + start[0].length;
    done += `${rest.slice(0, from)}{…}`;
    rest = rest.slice(endOfJson(rest, from));
  }
}

/** Nothing, which Go prints as a nil or an empty list or map, as the client or its own code made it. */
const NOTHING = /((?:Invalid|Unsupported) value: )(?:null|\[\]|\{\})(?=: |$)/g;

function endOfJson(text: string, from: number): number {
  let depth = 0;
  let isText = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '"') isText = !isText;
    else if (isText) continue;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

/** A list's revision is the store's, which other writers move; so is a bookmark's. */
function withoutListRevision(body: Json): Json {
  const isList = Array.isArray(body?.items) || Array.isArray(body?.rows) || /List$/.test(body?.kind);
  if (isList && body.metadata?.resourceVersion) body.metadata.resourceVersion = 'list';
  if (body?.type === 'BOOKMARK' && body.object?.metadata) body.object.metadata.resourceVersion = 'list';
  return body;
}
