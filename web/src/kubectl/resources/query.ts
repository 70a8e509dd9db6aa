/** Finds the objects that a command line names, as kubectl's builder of resources does. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { parseLabelSelector, SelectorError } from '../../../../kube/machinery/selectors/labels.ts';
import { TABLE_TYPE } from '../api/client.ts';
import { groupResource, type Mapping } from '../api/discovery.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { loadFiles } from './files.ts';
import type { Info } from './info.ts';

export interface Query {
  args: readonly string[];
  /** Objects of `-f` count too. */
  files?: boolean;
  labelSelector?: string;
  fieldSelector?: string;
  all?: boolean;
  allNamespaces?: boolean;
  /** A type alone means all of it. */
  emptySelector?: boolean;
  /** Objects that are named are not fetched. */
  nameOnly?: boolean;
  /** Objects of files are fetched. */
  latest?: boolean;
  /** Answers are tables, which are not taken apart. */
  table?: boolean;
  withObjects?: boolean;
  chunk?: number;
  subresource?: string;
  single?: boolean;
  ignoreNotFound?: boolean;
  stopAtError?: boolean;
  /** The kind of names without one. */
  defaultType?: string;
}

export interface Found {
  infos: Info[];
  errors: unknown[];
  /** One object was named. */
  isSingle: boolean;
  /** Of the list, where there is one alone. */
  resourceVersion?: string;
}

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;
const COMBINED = `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`;

/** Throws what is wrong with the question; errors about single objects are collected. */
export async function findObjects(context: Context, query: Query): Promise<Found> {
  const { words, tuples } = await split(context, query);
  if (query.all && (query.labelSelector || query.fieldSelector)) {
    throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  }
  if (query.files && context.flags.list('filename').length > 0) return fromFiles(context, query);
  const isSelection =
    query.all ||
    Boolean(query.labelSelector) ||
    Boolean(query.fieldSelector) ||
    (query.emptySelector && words.length === 1);
  if (isSelection) return bySelector(context, query, words, tuples);
  const named = tuples.length > 0 ? tuples : await byNames(context, query, words);
  const infos = await Promise.all(
    named.map(async ([type, name]): Promise<Info> => {
      const mapping = await context.discovery.find(type);
      if (mapping.namespaced && query.allNamespaces) {
        throw new CommandError('a resource cannot be retrieved by name across all namespaces');
      }
      return { mapping, namespace: mapping.namespaced ? context.namespace : '', name };
    }),
  );
  if (query.single && new Set(infos.map(({ mapping }) => groupResource(mapping))).size > 1) throw singleType();
  return fetchEach(context, query, infos);
}

/** Throws any error. */
export async function mustFind(context: Context, query: Query): Promise<Found> {
  const found = await findObjects(context, query);
  throwAll(found.errors);
  return found;
}

type Tuple = readonly [type: string, name: string];

async function split(context: Context, { args, defaultType }: Query): Promise<{ words: string[]; tuples: Tuple[] }> {
  let words = [...args];
  if (defaultType && words.length > 0 && !words.some((word) => word.includes('/'))) words.unshift(defaultType);
  const types = words[0]?.split(',').filter((type) => type !== '') ?? [];
  if (words.length >= 2 && types.length > 1) {
    words = types.flatMap((type) => words.slice(1).map((name) => `${type}/${name}`));
  }
  const slashes = words.filter((word) => word.includes('/')).length;
  if (slashes > 0 && slashes < words.length) throw new CommandError(COMBINED);
  if (slashes > 0) return { words: [], tuples: words.map(tupleOf) };
  if (words[0] !== undefined) {
    const expanded = await Promise.all(words[0].split(',').map((type) => expand(context, type)));
    words[0] = expanded.flat().join(',');
  }
  return { words, tuples: [] };
}

async function expand(context: Context, type: string): Promise<string[]> {
  const category = await context.discovery.category(type);
  return category.length === 0 ? [type] : category.map(groupResource);
}

export function tupleOf(word: string): Tuple {
  const parts = word.split('/');
  if (parts.length !== 2) {
    throw new CommandError('arguments in resource/name form may not have more than one slash');
  }
  const [type = '', name = ''] = parts;
  if (type === '' || name === '' || type.split(',').length !== 1) {
    throw new CommandError('arguments in resource/name form must have a single resource and name');
  }
  return [type, name];
}

async function byNames(context: Context, _query: Query, words: string[]): Promise<Tuple[]> {
  const [type, ...names] = words;
  if (type === undefined) throw new CommandError(MISSING);
  if (names.length === 0) {
    for (const each of type.split(',')) await context.discovery.find(each);
    throw new CommandError('resource(s) were provided, but no name was specified');
  }
  return names.map((name) => [type, name] as const);
}

function singleType(): CommandError {
  return new CommandError('you may only specify a single resource type');
}

async function bySelector(context: Context, query: Query, words: string[], tuples: readonly Tuple[]): Promise<Found> {
  if (words.length > 1) throw new CommandError('name cannot be provided when a selector is specified');
  if (tuples.length > 0) {
    throw new CommandError('selectors and the all flag cannot be used when passing resource/name arguments');
  }
  const [types] = words;
  if (types === undefined) throw new CommandError('at least one resource must be specified to use a selector');
  if (query.subresource) throw new CommandError('subresource cannot be used when bulk resources are specified');
  const mappings = new Map<string, Mapping>();
  for (const type of types.split(',').filter((each) => each !== '')) {
    const mapping = await context.discovery.find(type);
    mappings.set(groupResource(mapping), mapping);
  }
  if (query.single && mappings.size > 1) throw singleType();
  const found: Found = { infos: [], errors: [], isSingle: false };
  for (const mapping of mappings.values()) {
    try {
      const list = await listOf(context, query, mapping);
      found.resourceVersion = list.resourceVersion;
      found.infos.push(...list.infos);
    } catch (error) {
      found.errors.push(listError(error, mapping, query));
      if (query.stopAtError) break;
    }
  }
  return found;
}

function listError(error: unknown, mapping: Mapping, { labelSelector, fieldSelector }: Query): unknown {
  const { status } = error as { status?: { reason?: string; message?: string } };
  if (status?.reason !== 'BadRequest' && status?.reason !== 'NotFound') return error;
  if (!labelSelector && !fieldSelector) {
    (error as Error).message = `Unable to list ${JSON.stringify(goResource(mapping))}: ${status.message}`;
  } else {
    (error as Error).message =
      `Unable to find ${JSON.stringify(goResource(mapping))} that match label selector ${JSON.stringify(labelSelector ?? '')}, field selector ${JSON.stringify(fieldSelector ?? '')}: ${status.message}`;
  }
  return error;
}

/** `schema.GroupVersionResource.String` */
function goResource({ group, version, resource }: Mapping): string {
  return `${group}/${version}, Resource=${resource}`;
}

/** Of all chunks. */
export async function listOf(context: Context, query: Query, mapping: Mapping) {
  const namespace = mapping.namespaced && !query.allNamespaces ? context.namespace : '';
  const path = context.path(mapping, namespace);
  const chunk = query.chunk ?? 0;
  let next: string | undefined;
  let list: (KubeObject & { items?: KubeObject[]; rows?: unknown[] }) | undefined;
  do {
    const page: KubeObject & { items?: KubeObject[]; rows?: unknown[] } = await context.client.json(path, {
      accept: query.table ? TABLE_TYPE : undefined,
      query: {
        labelSelector: query.labelSelector || undefined,
        fieldSelector: query.fieldSelector || undefined,
        limit: chunk > 0 ? String(chunk) : undefined,
        continue: next,
        includeObject: query.withObjects ? 'Object' : undefined,
      },
    });
    if (!list) list = page;
    else {
      list.items?.push(...(page.items ?? []));
      list.rows?.push(...(page.rows ?? []));
    }
    next = (page.metadata as { continue?: string }).continue || undefined;
  } while (next !== undefined);
  const { resourceVersion } = list.metadata;
  if (query.table && list.kind === 'Table') {
    return { infos: [{ mapping, namespace, name: '', object: list as KubeObject }], resourceVersion };
  }
  const apiVersion = list.apiVersion;
  const kind = list.kind.replace(/List$/, '');
  const infos = (list.items ?? []).map((item) => ({
    mapping,
    namespace: item.metadata.namespace ?? '',
    name: item.metadata.name ?? '',
    object: { ...item, apiVersion: item.apiVersion ?? apiVersion, kind: item.kind ?? kind } as KubeObject,
  }));
  return { infos, resourceVersion };
}

async function fetchEach(context: Context, query: Query, infos: Info[]): Promise<Found> {
  const found: Found = { infos: [], errors: [], isSingle: infos.length === 1 };
  for (const info of infos) {
    if (!query.nameOnly) {
      try {
        info.object = await fetchObject(context, info, query);
      } catch (error) {
        if (query.ignoreNotFound && isNotFound(error)) continue;
        found.errors.push(error);
        if (query.stopAtError) break;
        continue;
      }
    }
    found.infos.push(info);
  }
  return found;
}

export function fetchObject(context: Context, info: Info, query: Partial<Query> = {}): Promise<KubeObject> {
  return context.client.json(context.path(info.mapping, info.namespace, info.name, query.subresource), {
    accept: query.table ? TABLE_TYPE : undefined,
    query: { includeObject: query.withObjects ? 'Object' : undefined },
  });
}

async function fromFiles(context: Context, query: Query): Promise<Found> {
  if (query.args.length > 0) {
    throw new CommandError(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  }
  const found: Found = { infos: [], errors: [], isSingle: false };
  const selects = selectorOf(query.labelSelector);
  const infos: Info[] = [];
  for (const { object, source } of await loadFiles(context)) {
    try {
      const info = await infoOf(context, object, source);
      if (selects(object.metadata?.labels ?? {})) infos.push(info);
    } catch (error) {
      found.errors.push(error);
    }
  }
  found.isSingle = infos.length === 1;
  if (!query.latest) return { ...found, infos };
  const fetched = await fetchEach(context, query, infos);
  return { ...fetched, errors: [...found.errors, ...fetched.errors] };
}

function selectorOf(text: string | undefined): (labels: Record<string, string>) => boolean {
  if (!text) return () => true;
  try {
    const selector = parseLabelSelector(text);
    return (labels) => selector.matches(labels);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new CommandError(`the provided selector ${JSON.stringify(text)} is not valid: ${error.message}`);
  }
}

/** The object gets the namespace that it will be in. */
async function infoOf(context: Context, object: KubeObject, source: string): Promise<Info> {
  object.metadata ??= {};
  const { name = '', namespace: own = '' } = object.metadata;
  const mapping = await context.discovery.ofKind(object.apiVersion, object.kind);
  if (!mapping) {
    throw new CommandError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`,
    );
  }
  if (!mapping.namespaced) return { mapping, namespace: '', name, object, source };
  if (context.hasNamespaceFlag && own !== '' && own !== context.namespace) {
    throw new CommandError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(context.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  if (own === '') object.metadata.namespace = context.namespace;
  return { mapping, namespace: object.metadata.namespace ?? '', name, object, source };
}
