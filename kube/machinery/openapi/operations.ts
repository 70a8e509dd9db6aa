/** The operations of a kind, for both dialects (apiserver `endpoints/installer.go`). */

import type { KindDescriptor, OtherSubresource } from '../../kinds/define.ts';
import { schemaOf } from '../schema/resolve.ts';
import { META_V1 } from '../schema/type-names.ts';
import { operationHead } from './operation-words.ts';
import { type Action, type ConnectOptions, type Parameter, pathParameters, queryParameters } from './parameters.ts';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export interface Operation {
  path: string;
  method: Method;
  description: string;
  id: string;
  tag: string;
  /** The action of a kind's operation; discovery has none. */
  action?: Action;
  kind?: GroupVersionKind;
  /** Of path and query, sorted by name. */
  parameters: readonly Parameter[];
  /** Media types of the body, and of the answer. */
  consumes: readonly string[];
  produces: readonly string[];
  body?: { definition: string; isRequired: boolean };
  /** Definition name of the answer; undefined: text. */
  answer?: string;
  /** Statuses of success. */
  codes: readonly ('200' | '201' | '202')[];
}

export const ANY_TYPE: readonly string[] = ['*/*'];
/** The media types of objects. */
export const OBJECT_TYPES: readonly string[] = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
];
const WATCH_TYPES = [
  ...OBJECT_TYPES,
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];
const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json'];
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

const SCALE: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

const METHODS: Record<Exclude<Action, 'connect'>, Method> = {
  list: 'get',
  watch: 'get',
  watchlist: 'get',
  get: 'get',
  put: 'put',
  post: 'post',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};
const CODES: Partial<Record<Action, Operation['codes']>> = {
  put: ['200', '201'],
  patch: ['200', '201'],
  post: ['200', '201', '202'],
  delete: ['200', '202'],
};
const ALL_METHODS: readonly Method[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

const COLLECTION: [verb: string, action: Action][] = [
  ['list', 'list'],
  ['create', 'post'],
  ['deletecollection', 'deletecollection'],
];
const ITEM: [verb: string, action: Action][] = [
  ['get', 'get'],
  ['update', 'put'],
  ['patch', 'patch'],
  ['delete', 'delete'],
];
const PART_VERBS = ['get', 'update', 'patch'];

/** All operations on a kind and its subresources. `options`: those of connections, which built-in kinds alone have. */
export function operationsOf(kind: KindDescriptor, options: ConnectOptions = {}): Operation[] {
  return new Operations(kind, options).all();
}

class Operations {
  readonly #kind: KindDescriptor;
  readonly #options: ConnectOptions;
  readonly #root: string;
  readonly #base: string;
  readonly #own: GroupVersionKind;
  readonly #found: Operation[] = [];

  constructor(kind: KindDescriptor, options: ConnectOptions) {
    const { group, version, plural } = kind;
    this.#kind = kind;
    this.#options = options;
    this.#root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    this.#base = kind.scope === 'Namespaced' ? `/namespaces/{namespace}/${plural}` : `/${plural}`;
    this.#own = { group, version, kind: kind.kind };
  }

  all(): Operation[] {
    const kind = this.#kind;
    const definition = definitionOf(kind);
    const [base, item, everywhere] = [this.#base, `${this.#base}/{name}`, `/${kind.plural}`];
    this.#add(base, COLLECTION, kind.verbs, this.#own, definition);
    this.#add(item, ITEM, kind.verbs, this.#own, definition);
    const isListed = kind.verbs.includes('list');
    const isSpread = isListed && everywhere !== base;
    if (isSpread) this.#addOne(everywhere, 'list', this.#own, definition);
    if (kind.verbs.includes('watch') && !kind.custom) {
      const event = `${META_V1}.WatchEvent`;
      if (isListed) this.#addOne(`/watch${base}`, 'watchlist', this.#own, event);
      this.#addOne(`/watch${item}`, 'watch', this.#own, event);
      if (isSpread) this.#addOne(`/watch${everywhere}`, 'watchlist', this.#own, event);
    }
    const { status, scale, others } = kind.subresources;
    if (status) this.#add(`${item}/status`, ITEM, PART_VERBS, this.#own, definition);
    if (scale) this.#add(`${item}/scale`, ITEM, PART_VERBS, SCALE, 'io.k8s.api.autoscaling.v1.Scale');
    for (const [name, other] of Object.entries(others ?? {})) this.#addOther(`${item}/${name}`, other);
    return this.#found;
  }

  #add(
    path: string,
    actions: typeof ITEM,
    verbs: readonly string[],
    of: GroupVersionKind,
    definition: string | undefined,
  ): void {
    for (const [verb, action] of actions) if (verbs.includes(verb)) this.#addOne(path, action, of, definition);
  }

  #addOther(path: string, other: OtherSubresource): void {
    const { group = this.#kind.group, version = this.#kind.version, kind, verbs } = other;
    const of = { group, version, kind };
    const definition = known(definitionOf(of));
    if (path.endsWith('/log')) {
      this.#addOne(path, 'get', of, undefined, {
        produces: ['text/plain', ...OBJECT_TYPES],
        options: 'PodLogOptions',
      });
      return;
    }
    if (definition) {
      this.#add(path, [['create', 'post'], ...ITEM], verbs, of, definition);
      return;
    }
    const isProxy = verbs.includes('delete');
    for (const each of isProxy ? [path, `${path}/{path}`] : [path]) {
      for (const method of isProxy ? ALL_METHODS : (['get', 'post'] as const)) {
        this.#addOne(each, 'connect', of, undefined, { method, produces: ANY_TYPE, options: kind });
      }
    }
  }

  #addOne(
    below: string,
    action: Action,
    of: GroupVersionKind,
    definition: string | undefined,
    { method, produces, options }: { method?: Method; produces?: readonly string[]; options?: string } = {},
  ): void {
    const { group, version, kind, scope, verbs, custom, strategicMergePatch } = this.#kind;
    const path = this.#root + below;
    const subresource = below.split('/{name}/')[1]?.replace('/{path}', '') ?? '';
    const isCustom = custom !== undefined;
    const isEverywhere = scope === 'Namespaced' && !below.includes('{namespace}');
    const deletes = action === 'delete' || action === 'deletecollection';
    const writes = action === 'post' || action === 'put';
    const takesOptions = action === 'delete' || (action === 'deletecollection' && !isCustom);
    const bodyType = takesOptions ? `${META_V1}.DeleteOptions` : action === 'patch' ? `${META_V1}.Patch` : definition;
    const hasBody = takesOptions || writes || action === 'patch';
    const own = isCustom ? this.#own : of;
    const answersStatus = deletes && !(action === 'delete' && tellsDeleted(this.#kind));
    const answer =
      action === 'list'
        ? definition && listDefinition(this.#kind, definition)
        : answersStatus
          ? `${META_V1}.Status`
          : definition;
    const isStream = action === 'list' || action === 'watch' || action === 'watchlist';
    const patchTypes = strategicMergePatch ? [...PATCH_TYPES, STRATEGIC, APPLY] : [...PATCH_TYPES, APPLY];
    const objectTypes = isCustom ? OBJECT_TYPES.slice(0, 2) : isStream ? WATCH_TYPES : OBJECT_TYPES;
    const bodyTypes = isCustom ? OBJECT_TYPES.slice(0, 2) : ANY_TYPE;
    const parameters = [
      ...pathParameters(path, own.kind),
      ...queryParameters(action, isCustom),
      ...(options === undefined ? [] : (this.#options[options] ?? [])),
    ];
    const does = method ?? (action === 'connect' ? 'get' : METHODS[action]);
    const isWithPath = below.endsWith('/{path}');
    const where = isEverywhere ? 'ForAllNamespaces' : scope === 'Namespaced' ? 'Namespaced' : '';
    this.#found.push({
      path,
      method: does,
      ...operationHead({
        ...{ action, method: does, kind, subresource, isWithPath },
        ...{ group, version, scope: where, isWatched: verbs.includes('watch') && !isCustom },
      }),
      action,
      kind: own,
      parameters: parameters.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.in < b.in ? -1 : 1)),
      consumes: action === 'patch' ? patchTypes : bodyTypes,
      produces: produces ?? objectTypes,
      ...(hasBody && bodyType && { body: { definition: bodyType, isRequired: !takesOptions } }),
      ...(answer && { answer }),
      codes: (isCustom && action === 'patch' ? undefined : CODES[action]) ?? ['200'],
    });
  }
}

/** The definition of the list of a kind, whose own is `definition`. */
export function listDefinition({ kind, listKind }: KindDescriptor, definition: string): string {
  return definition.slice(0, definition.length - kind.length) + listKind;
}

/** Upstream's handler of namespaces does not say so. */
function tellsDeleted({ group, kind, custom, returnDeletedObject }: KindDescriptor): boolean {
  return returnDeletedObject && !custom && !(group === '' && kind === 'Namespace');
}

function definitionOf(
  kind: Pick<KindDescriptor, 'group' | 'version' | 'kind'> & Partial<Pick<KindDescriptor, 'custom' | 'schema'>>,
): string {
  // The schema of a custom kind would be read, and kept, for its name.
  if (kind.custom) return kind.custom.definition;
  const schema = kind.schema as { name?: string } | undefined;
  if (schema?.name) return schema.name;
  return `io.k8s.api.${kind.group === '' ? 'core' : kind.group.split('.')[0]}.${kind.version}.${kind.kind}`;
}

/** The name, where there is such a type: `PodExecOptions` and its like are query parameters only. */
function known(definition: string): string | undefined {
  try {
    return schemaOf(definition).name;
  } catch {
    return undefined;
  }
}
