/** The operations of a kind, by path, for both dialects (apiserver `endpoints/installer.go`). */
import type { KindDescriptor } from '../../kinds/define.ts';
import { schemaOf } from '../schema/resolve.ts';

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';
type Action = 'list' | 'get' | 'put' | 'post' | 'patch' | 'delete' | 'deletecollection' | 'connect';

interface Parameter {
  name: string;
  in: 'query' | 'path';
  type: 'string' | 'integer' | 'boolean';
  description: string;
}

export interface Operation {
  path: string;
  method: Method;
  action: Action;
  description: string;
  id: string;
  tag: string;
  kind: { group: string; version: string; kind: string };
  parameters: Parameter[];
  /** Media types of the body. */
  consumes: readonly string[];
  /** Definition name of the body; for a patch, that of `Patch`. */
  body?: string;
  /** Definition name of the answer; undefined: text. */
  answer?: string;
}

const ANY_TYPE = ['*/*'];
const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json'];
const STRATEGIC = 'application/strategic-merge-patch+json';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});
const PRETTY = query('pretty', 'string', "If 'true', then the output is pretty printed.");
const DRY_RUN = query('dryRun', 'string', "When 'All', the change is checked but not kept.");
const FIELD_MANAGER = query('fieldManager', 'string', 'The name of the actor that makes the change.');
const FIELD_VALIDATION = query(
  'fieldValidation',
  'string',
  'What to do about unknown or repeated fields: Ignore, Warn (the default) or Strict.',
);
const FORCE = query('force', 'boolean', 'Force apply requests. Must be unset for other patches.');
const WRITE = [PRETTY, DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
const DELETE = [
  PRETTY,
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'Seconds before the object is deleted; zero deletes at once.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'Orphan, Background or Foreground.'),
];
const LIST = [
  PRETTY,
  query('allowWatchBookmarks', 'boolean', 'Whether a watch may send BOOKMARK events.'),
  query('continue', 'string', 'The token of an earlier page.'),
  query('fieldSelector', 'string', 'Selects by fields. Defaults to everything.'),
  query('labelSelector', 'string', 'Selects by labels. Defaults to everything.'),
  query('limit', 'integer', 'The most objects that a page holds.'),
  query('resourceVersion', 'string', 'Constrains the revision that is read.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is applied to lists.'),
  query('sendInitialEvents', 'boolean', 'Whether a watch begins with the present state.'),
  query('timeoutSeconds', 'integer', 'Seconds after which a list or watch ends.'),
  query('watch', 'boolean', 'Watch for changes instead of listing.'),
];
const PARAMETERS: Record<Action, Parameter[]> = {
  list: LIST,
  get: [PRETTY],
  put: WRITE,
  post: WRITE,
  patch: [...WRITE, FORCE],
  delete: DELETE,
  deletecollection: [...LIST.filter((each) => !/^(watch|allowWatchBookmarks)$/.test(each.name)), ...DELETE.slice(1)],
  connect: [],
};
const WORDS: Record<Action, (kind: string) => string> = {
  list: (kind) => `list or watch objects of kind ${kind}`,
  get: (kind) => `read the specified ${kind}`,
  put: (kind) => `replace the specified ${kind}`,
  post: (kind) => `create a ${kind}`,
  patch: (kind) => `partially update the specified ${kind}`,
  delete: (kind) => `delete a ${kind}`,
  deletecollection: (kind) => `delete collection of ${kind}`,
  connect: (kind) => `connect requests to ${kind}`,
};
const METHODS: Record<Exclude<Action, 'connect'>, Method> = {
  list: 'get',
  get: 'get',
  put: 'put',
  post: 'post',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};
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

/** All operations on a kind and its subresources. */
export function operationsOf(kind: KindDescriptor): Operation[] {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const namespaced = kind.scope === 'Namespaced';
  const base = namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const own = { group: kind.group, version: kind.version, kind: kind.kind };
  const definition = definitionOf(kind);
  const found: Operation[] = [];
  const add = (path: string, actions: [string, Action][], verbs: readonly string[], of: typeof own, type?: string) => {
    for (const [verb, action] of actions) {
      if (verbs.includes(verb)) found.push(operation(kind, path, action, of, type));
    }
  };

  add(base, COLLECTION, kind.verbs, own, definition);
  add(`${base}/{name}`, ITEM, kind.verbs, own, definition);
  if (namespaced && kind.verbs.includes('list')) {
    found.push(operation(kind, `${root}/${kind.plural}`, 'list', own, definition));
  }
  const { status, scale, others } = kind.subresources;
  const three = ['get', 'update', 'patch'];
  if (status) add(`${base}/{name}/status`, ITEM, three, own, definition);
  if (scale) {
    const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
    add(`${base}/{name}/scale`, ITEM, three, scaleKind, 'io.k8s.api.autoscaling.v1.Scale');
  }
  for (const [name, other] of Object.entries(others ?? {})) {
    const of = { group: other.group ?? kind.group, version: other.version ?? kind.version, kind: other.kind };
    const type = known(definitionOf({ ...of, schema: undefined }));
    const path = `${base}/{name}/${name}`;
    if (name === 'log') found.push(operation(kind, path, 'get', of, undefined));
    else if (type) add(path, [['create', 'post'], ...ITEM], other.verbs, of, type);
    else found.push(operation(kind, path, 'connect', of, undefined));
  }
  return found;
}

function operation(
  kind: KindDescriptor,
  path: string,
  action: Action,
  of: Operation['kind'],
  definition: string | undefined,
): Operation {
  const subresource = path.split('/{name}/')[1] ?? '';
  const scoped = path.includes('{namespace}') ? 'Namespaced' : '';
  const everywhere = kind.scope === 'Namespaced' && scoped === '' ? 'ForAllNamespaces' : '';
  const group = groupWord(kind.group);
  const tag = `${group}_${kind.version}`;
  const deletes = action === 'delete' || action === 'deletecollection';
  const writes = action === 'post' || action === 'put';
  const [before, after] = ID_WORDS[action];
  const answer = action === 'list' ? `${definition}List` : deletes ? `${META}.Status` : definition;
  return {
    path,
    method: action === 'connect' ? 'get' : METHODS[action],
    action,
    description: subresource ? `${WORDS[action](subresource)} of ${kind.kind}` : WORDS[action](of.kind),
    id: `${before}${capital(group)}${capital(kind.version)}${after}${scoped}${kind.kind}${capital(subresource)}${everywhere}`,
    tag,
    kind: of,
    parameters: [...pathParameters(path), ...PARAMETERS[action]],
    consumes: action !== 'patch' ? ANY_TYPE : kind.strategicMergePatch ? [...PATCH_TYPES, STRATEGIC] : PATCH_TYPES,
    ...(deletes && { body: `${META}.DeleteOptions` }),
    ...(action === 'patch' && { body: `${META}.Patch` }),
    ...(writes && definition && { body: definition }),
    ...(answer && { answer }),
  };
}

/** The words before and after group and version in an operation's id. */
const ID_WORDS: Record<Action, [string, string]> = {
  list: ['list', ''],
  get: ['read', ''],
  put: ['replace', ''],
  post: ['create', ''],
  patch: ['patch', ''],
  delete: ['delete', ''],
  deletecollection: ['delete', 'Collection'],
  connect: ['connect', 'Get'],
};

/** `rbacAuthorization` for rbac.authorization.k8s.io. */
function groupWord(group: string): string {
  const parts = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.');
  return parts.map((part, at) => (at === 0 ? part : capital(part))).join('');
}

function pathParameters(path: string): Parameter[] {
  const named = path.matchAll(/\{(\w+)\}/g);
  return [...named].map(([, name = '']) => ({
    name,
    in: 'path',
    type: 'string',
    description:
      name === 'namespace' ? 'object name and auth scope, such as for teams and projects' : 'name of the object',
  }));
}

function definitionOf(
  kind: Pick<KindDescriptor, 'group' | 'version' | 'kind' | 'custom'> & { schema?: unknown },
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

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
