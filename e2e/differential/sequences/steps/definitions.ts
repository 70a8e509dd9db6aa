/** Changes of the definition that a sequence has made for itself, and reads of what follows from them. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import type { Scope, Subject } from '../../subjects.ts';
import type { Tape } from '../../tape.ts';
import { CHANGES } from './definition-changes.ts';
import { APPLY, type Client, JSON_PATCH, type Maker, MERGE, NAMES, requestOf, TABLE } from './step.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** The time for which a change of a definition is waited for. */
const LIMIT_MS = 8000;
/** Between two looks, and after the last one: what upstream serves follows from several caches. */
const LOOK_MS = 20;
const VERSIONS = ['v1', 'v1beta1', 'v2'] as const;

/** Makes the definition, waits until it is served, and makes an object, which changes of the definition find there. */
export async function openDefinition(client: Client, subject: Subject, scope: Scope): Promise<void> {
  const { definition } = subject;
  await client.send(requestOf('POST', DEFINITIONS, JSON.stringify(definition)));
  await served(client, definition, '');
  const object = scope.manifest(subject, NAMES[0]);
  await client.send(requestOf('POST', scope.collection(subject), JSON.stringify(object)));
}

/** Deletes the definition with its objects, whose finalizers are gone. */
export async function closeDefinition(client: Client, { definition }: Subject): Promise<void> {
  const path = `${DEFINITIONS}/${definition.metadata.name}`;
  await client.send(requestOf('DELETE', path));
  await client.send(requestOf('PATCH', path, '{"metadata":{"finalizers":null}}', { 'content-type': MERGE }));
}

/** The version of the definition that a step asks about. */
export function versionOf(tape: Tape): string {
  return tape.weighted([
    [6, VERSIONS[0]],
    [2, VERSIONS[1]],
    [2, VERSIONS[2]],
  ]);
}

export const redefine: Maker = (tape, { definition }, scope) => {
  const mark = `m${scope.mark()}`;
  const change = tape.pick(CHANGES)(tape);
  const how = tape.pick(['patch', 'patch', 'patch', 'put', 'put', 'apply', 'status', 'delete'] as const);
  const path = `${DEFINITIONS}/${definition.metadata.name}`;
  return async (client) => {
    // Upstream ends the watches of a definition that changes, at a time of its own.
    client.dropWatches();
    const current = await client.read(path);
    if (!current) {
      await client.ask(requestOf('POST', DEFINITIONS, JSON.stringify(marked(definition, mark))));
    } else if (how === 'delete') {
      await client.ask(requestOf('DELETE', path));
    } else if (how === 'status') {
      const storedVersions = [current.spec.versions.find(({ storage }: Json) => storage).name];
      const body = JSON.stringify({ status: { storedVersions } });
      await client.ask(requestOf('PATCH', `${path}/status`, body, { 'content-type': MERGE }));
    } else {
      const next = marked(structuredClone(current), mark);
      change(next.spec);
      await client.ask(written(how, path, next));
    }
    await served(client, definition, mark);
  };
};

function written(how: 'patch' | 'put' | 'apply', path: string, next: Json) {
  if (how === 'put') return requestOf('PUT', path, JSON.stringify(next));
  if (how === 'patch') {
    const body = [{ op: 'replace', path: '/spec', value: next.spec }];
    return requestOf('PATCH', path, JSON.stringify(body), { 'content-type': JSON_PATCH });
  }
  const { apiVersion, kind, spec } = next;
  const object = { apiVersion, kind, metadata: { name: next.metadata.name }, spec };
  return requestOf('PATCH', `${path}?fieldManager=one&force=true`, JSON.stringify(object), { 'content-type': APPLY });
}

/** A column, a description and a short name tell by what definition an answer was made. */
function marked(definition: Json, mark: string): Json {
  const { spec } = definition;
  spec.names.shortNames = [mark];
  for (const version of spec.versions) {
    const columns = (version.additionalPrinterColumns ?? []).filter(({ name }: Json) => !/^m\d+$/.test(name));
    version.additionalPrinterColumns = [...columns, { name: mark, type: 'string', jsonPath: '.metadata.name' }];
    const schema = version.schema?.openAPIV3Schema;
    if (schema) schema.description = mark;
  }
  return definition;
}

/** Waits until each version is served as the definition has it; a mark that no definition has was refused. */
async function served(client: Client, { metadata, spec }: Json, mark: string): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  const path = `${DEFINITIONS}/${metadata.name}`;
  const all = `/apis/${spec.group}`;
  for (; Date.now() < until; await setTimeout(LOOK_MS)) {
    const current = await client.read(path);
    if (current?.metadata.deletionTimestamp) {
      if (isTrue(current, 'Terminating') && (await isHeld(client, current))) break;
    } else if (current && !isAccepted(current)) {
    } else if (await followed(client, all, current, mark)) break;
  }
  await setTimeout(LOOK_MS * 2);
}

function isTrue({ status }: Json, type: string): boolean {
  return (status?.conditions ?? []).some((each: Json) => each.type === type && each.status === 'True');
}

/** All names are taken, or some are refused. */
function isAccepted({ spec, status }: Json): boolean {
  const { kind, listKind, shortNames = [] } = status?.acceptedNames ?? {};
  if (status?.conditions?.some((each: Json) => each.type === 'NamesAccepted' && each.status === 'False')) return true;
  return (
    kind === spec.names.kind &&
    listKind === spec.names.listKind &&
    String(shortNames) === String(spec.names.shortNames ?? [])
  );
}

/** Objects are left, and finalizers hold all of them. */
async function isHeld(client: Client, { spec }: Json): Promise<boolean> {
  const version = spec.versions.find(({ served }: Json) => served)?.name;
  const { items = [] } = (await client.read(`/apis/${spec.group}/${version}/${spec.names.plural}`)) ?? {};
  return items.length > 0 && items.every(({ metadata }: Json) => metadata.finalizers?.length > 0);
}

async function followed(client: Client, group: string, definition: Json | undefined, mark: string): Promise<boolean> {
  const isCurrent = definition?.spec.names.shortNames?.includes(mark) ?? false;
  for (const name of [...VERSIONS, 'v3']) {
    const version = definition?.spec.versions.find((each: Json) => each.name === name && each.served);
    const path = `${group}/${name}/trinkets?limit=1`;
    const table = await client.read(path, TABLE);
    if (!version !== !table) return false;
    if (!version) continue;
    if (isCurrent && !table?.columnDefinitions.some((column: Json) => column.name === mark)) return false;
    const list = await client.read(path);
    const { listKind } = definition?.status.acceptedNames ?? {};
    if (list?.kind !== listKind) return false;
  }
  return true;
}

/** Reads discovery of the definition's group, once both servers have followed the last change. */
export const discover: Maker = (tape, { definition }) => {
  const { group } = definition.spec;
  const which = tape.pick([`/apis/${group}`, `/apis/${group}/v1`, `/apis/${group}/v1beta1`, `/apis/${group}/v2`]);
  return async (client) => {
    const current = await client.read(`${DEFINITIONS}/${definition.metadata.name}`);
    const until = Date.now() + LIMIT_MS;
    for (const version of current?.spec.versions ?? []) {
      if (!version.served || current.metadata.deletionTimestamp || !isTrue(current, 'NamesAccepted')) continue;
      const names = current.spec.names.shortNames ?? [];
      const isThere = async () =>
        String((await client.read(`/apis/${group}/${version.name}`))?.resources[0]?.shortNames ?? []) === String(names);
      while (Date.now() < until && !(await isThere())) await setTimeout(LOOK_MS);
    }
    await setTimeout(LOOK_MS * 2);
    return client.ask(requestOf('GET', which));
  };
};
