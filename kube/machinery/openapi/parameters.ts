/** The parameters of operations: upstream makes them of the options of each verb (apiserver `AddObjectParams`). */
import { PARAMETERS } from '../../generated/parameters.ts';

export interface DescribedParameter {
  type: 'string' | 'integer' | 'boolean';
  description: string;
  /** The name beneath `parameters` of version 2, where operations refer to it. */
  shared?: string;
}

export interface Parameter extends DescribedParameter {
  name: string;
  in: 'query' | 'path';
}

/** By kind of options (`PodExecOptions`). */
export type ConnectOptions = Readonly<Record<string, readonly Parameter[]>>;

export type Action =
  | 'list'
  | 'watch'
  | 'watchlist'
  | 'get'
  | 'put'
  | 'post'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  | 'connect';

const WRITE = ['pretty', 'dryRun', 'fieldManager', 'fieldValidation'];
const DELETE = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
const SELECT = [
  ...['pretty', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'resourceVersionMatch'],
  ...['sendInitialEvents', 'shardSelector', 'timeoutSeconds'],
];
const LIST = [...SELECT, 'allowWatchBookmarks', 'watch'];

const NAMES: Record<Action, readonly string[]> = {
  list: LIST,
  watch: LIST,
  watchlist: LIST,
  get: ['pretty'],
  put: WRITE,
  post: WRITE,
  patch: ['pretty', 'dryRun', 'patch.fieldManager', 'fieldValidation', 'force'],
  delete: ['pretty', ...DELETE],
  deletecollection: [...SELECT, ...DELETE],
  connect: [],
};
/** apiextensions `pkg/controller/openapi/builder` gives these other options. */
const CUSTOM_NAMES: Partial<Record<Action, readonly string[]>> = {
  get: ['pretty', 'resourceVersion'],
  deletecollection: LIST,
};

export function queryParameters(action: Action, isCustom: boolean): readonly Parameter[] {
  const names = (isCustom ? CUSTOM_NAMES[action] : undefined) ?? NAMES[action];
  return names.map((name) => parameter(name, 'query'));
}

/** `kind`: that of the object which the path names. */
export function pathParameters(path: string, kind: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) =>
    name === 'name'
      ? { name, in: 'path', type: 'string', description: `name of the ${kind}` }
      : parameter(name, 'path'),
  );
}

/** By place and key: operations share them. */
const made = new Map<string, Parameter>();

function parameter(key: string, place: Parameter['in']): Parameter {
  const known = made.get(place + key);
  if (known) return known;
  const described = PARAMETERS[key];
  if (!described) throw new Error(`no parameter ${key}`);
  const parameter: Parameter = { name: key.slice(key.indexOf('.') + 1), in: place, ...described };
  made.set(place + key, parameter);
  return parameter;
}
