/** Objects and events as they are compared: times, uids, revisions, and random parts of names have other words. */
import type { Json } from '../mutations.ts';
import { COMBINED, countEvents } from './events.ts';
import type { Told } from './side.ts';

/** The letters of random names and of hashes. */
const RANDOM = /-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
/** The minutes since 1970 in the name of a CronJob's Job. */
const MINUTES = /-2\d{7}\b/g;
/** A hash of what was never made. */
const UNKNOWN = /-[bcdf2456789]{8,10}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g;
const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const HASH_LABELS = ['pod-template-hash', 'controller-revision-hash', 'controller.kubernetes.io/hash'];

/** The names of templates' hashes on one side, by the order in which they were first seen. */
export class Hashes {
  readonly #names = new Map<string, string>();

  note(objects: readonly Json[]): void {
    const found = objects
      .filter(({ plural }) => plural === 'replicasets' || plural === 'controllerrevisions')
      .sort((a, b) => orderOf(a) - orderOf(b));
    for (const { metadata } of found) {
      for (const label of HASH_LABELS) {
        const hash = metadata.labels?.[label];
        // A hash may be the start of another's name.
        if (hash && !this.#names.has(hash)) this.#names.set(hash, `H${this.#names.size + 1}`);
      }
    }
  }

  replaced(text: string): string {
    let next = text;
    for (const [hash, name] of this.#names) next = next.replaceAll(hash, name);
    return next;
  }
}

function orderOf({ metadata, revision }: Json): number {
  const number = revision ?? metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0;
  return Date.parse(metadata.creationTimestamp) + Number(number);
}

/** Each object as a line: its kind and name, and the object. Of equal ones all are there. So are the answers. */
export function normalised(objects: readonly Json[], told: readonly Told[], hashes: Hashes): Map<string, Json[]> {
  hashes.note(objects);
  const found = new Map<string, Json[]>();
  const add = (key: string, value: Json) => found.set(key, [...(found.get(key) ?? []), value]);
  const events: Json[] = [];
  for (const object of objects) {
    const text = masked(JSON.stringify(stripped(object)), hashes);
    const { plural, ...rest } = JSON.parse(text);
    arrange(plural, rest);
    if (plural === 'events') events.push(rest);
    else add(`${plural}/${rest.metadata.name}`, rest);
  }
  for (const [key, count] of countEvents(events)) add(key, count);
  for (const [at, { request, answer }] of told.entries()) {
    add(`answer ${at + 1} to ${masked(request, hashes)}`, JSON.parse(masked(JSON.stringify(answer), hashes)));
  }
  for (const values of found.values()) values.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return found;
}

/**
 * Upstream fills slices from a map, and has ports and subsets in the order of hashes. How many writes a burst of changes
 * makes, and which of them is the last, depends on time.
 */
function arrange(plural: string, object: Json): void {
  const byText = (a: Json, b: Json) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  if (plural === 'endpointslices') {
    object.endpoints = (object.endpoints ?? []).sort(byText);
    object.ports = (object.ports ?? []).sort(byText);
    delete object.metadata.generation;
  }
  if (plural.startsWith('endpoint')) {
    const { 'endpoints.kubernetes.io/last-change-trigger-time': _, ...annotations } = object.metadata.annotations ?? {};
    object.metadata.annotations = annotations;
  }
  if (plural === 'endpoints') {
    for (const { ports, addresses, notReadyAddresses } of object.subsets ?? []) {
      for (const list of [ports, addresses, notReadyAddresses]) list?.sort(byText);
    }
    object.subsets?.sort(byText);
  }
}

function stripped(object: Json): Json {
  const { metadata, status, ...rest } = structuredClone(object);
  const { uid: _, resourceVersion: __, managedFields: ___, creationTimestamp: ____, ...kept } = metadata;
  if (rest.spec?.claimRef?.resourceVersion) rest.spec.claimRef.resourceVersion = 'REVISION';
  // Upstream goes through a map in any order.
  status?.resourceClaimStatuses?.sort((a: Json, b: Json) => (a.name < b.name ? -1 : 1));
  for (const condition of status?.conditions ?? []) if (condition.type === 'PodScheduled') delete condition.message;
  if (object.plural === 'nodes') {
    for (const field of ['podCIDR', 'podCIDRs']) delete rest.spec[field];
    delete status.nodeInfo;
    status.conditions?.sort((a: Json, b: Json) => (a.type < b.type ? -1 : 1));
    rest.spec.taints?.sort((a: Json, b: Json) => (a.key + a.effect < b.key + b.effect ? -1 : 1));
  }
  if (object.plural === 'cronjobs') for (const reference of status.active ?? []) delete reference.resourceVersion;
  if (object.plural === 'ipaddresses') kept.name = 'IP';
  if (object.plural === 'services') {
    for (const field of ['clusterIP', 'clusterIPs', 'healthCheckNodePort']) {
      if (rest.spec[field] && rest.spec[field] !== 'None') rest.spec[field] = 'ALLOCATED';
    }
    for (const port of rest.spec.ports ?? []) if (port.nodePort) port.nodePort = 'ALLOCATED';
  }
  if (object.plural === 'secrets') rest.data = maskedData(rest.data);
  if (object.plural === 'certificatesigningrequests') {
    for (const field of ['username', 'uid', 'groups', 'extra']) delete rest.spec[field];
    if (status?.certificate) status.certificate = 'CERTIFICATE';
  }
  // The number of steps in which a Deployment scales its sets depends on when pods become ready.
  if (object.plural === 'replicasets' && metadata.ownerReferences) {
    status.observedGeneration = status.observedGeneration === metadata.generation;
    delete kept.generation;
  }
  return sorted({ ...rest, status, metadata: kept });
}

/** Each cluster has keys of its own. */
function maskedData(data: Json = {}): Json {
  const keys = ['ca.crt', 'token'].filter((key) => data[key]);
  return { ...data, ...Object.fromEntries(keys.map((key) => [key, 'SECRET'])) };
}

function masked(text: string, hashes: Hashes): string {
  return (
    hashes
      .replaced(text)
      .replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-*')
      .replaceAll(MINUTES, '-MINUTES')
      .replaceAll(UNKNOWN, '-H')
      .replaceAll(RANDOM, '-*')
      .replaceAll(TIME, 'TIME')
      .replaceAll(UID, 'UID')
      // Upstream goes through nodes in any order.
      .replaceAll(/-n\d\b/g, '-n*')
  );
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** All that differs, as lines. */
export function differences(theirs: Map<string, Json[]>, ours: Map<string, Json[]>): string[] {
  const lines: string[] = [];
  const keys = [...new Set([...theirs.keys(), ...ours.keys()])].sort();
  const combined = keys.filter((key) => key.endsWith(COMBINED)).map((key) => key.slice(0, -COMBINED.length));
  for (const key of keys) {
    if (combined.some((about) => key.startsWith(about))) continue;
    const [a, b] = [theirs.get(key) ?? [], ours.get(key) ?? []];
    for (let at = 0; at < Math.max(a.length, b.length); at++) leaves(key, a[at], b[at], lines);
  }
  return lines;
}

function leaves(path: string, a: Json, b: Json, lines: string[]): void {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  const isTree = (value: Json) => typeof value === 'object' && value !== null;
  if (!isTree(a) || !isTree(b)) {
    lines.push(`${path}: upstream ${brief(a)}, Islet ${brief(b)}`);
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) leaves(`${path}.${key}`, a[key], b[key], lines);
}

function brief(value: Json): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 300);
}
