/** The words of operations: ids, tags and descriptions (apiserver `endpoints/installer.go`, `endpoints/openapi`). */
import type { Method } from './operations.ts';
import type { Action } from './parameters.ts';

export interface OperationSubject {
  action: Action;
  method: Method;
  kind: string;
  /** '' for the object itself. */
  subresource: string;
  isWatched: boolean;
  /** The path of a proxied request follows. */
  isWithPath: boolean;
  group: string;
  version: string;
  scope: '' | 'Namespaced' | 'ForAllNamespaces';
}

/** The words before and after group and version in an operation's id. */
const ID_WORDS: Record<Action, [before: string, after: string]> = {
  list: ['list', ''],
  watch: ['watch', ''],
  watchlist: ['watch', ''],
  get: ['read', ''],
  put: ['replace', ''],
  post: ['create', ''],
  patch: ['patch', ''],
  delete: ['delete', ''],
  deletecollection: ['delete', 'Collection'],
  connect: ['connect', ''],
};
const INSTEAD = "deprecated: use the 'watch' parameter with a list operation instead";

export function operationHead(subject: OperationSubject): { description: string; id: string; tag: string } {
  const { action, method, kind, subresource, isWithPath, group, version, scope } = subject;
  const word = groupWord(group);
  const [before, after] = ID_WORDS[action];
  const isEverywhere = scope === 'ForAllNamespaces';
  const id = [
    ...[before, capital(word), capital(validId(version)), after],
    action === 'connect' ? capital(method) : '',
    ...[isEverywhere ? '' : scope, kind, capital(subresource)],
    action === 'watchlist' ? 'List' : '',
    ...[isWithPath ? 'WithPath' : '', isEverywhere ? scope : ''],
  ];
  return { description: describe(subject), id: id.join(''), tag: `${word}_${validId(version)}` };
}

function describe({ action, method, kind, subresource, isWatched }: OperationSubject): string {
  const of = subresource === '' ? '' : `${subresource} of `;
  switch (action) {
    case 'list':
      return `${isWatched ? 'list or watch' : 'list'} objects of kind ${kind}`;
    case 'watch':
      return `watch changes to an object of kind ${kind}. ${INSTEAD}, filtered to a single item with the 'fieldSelector' parameter.`;
    case 'watchlist':
      return `watch individual changes to a list of ${kind}. ${INSTEAD}.`;
    case 'get':
      return `read ${of}the specified ${kind}`;
    case 'put':
      return `replace ${of}the specified ${kind}`;
    case 'patch':
      return `partially update ${of}the specified ${kind}`;
    case 'post':
      return `create ${of}${withArticle(kind)}`;
    case 'delete':
      return `delete ${of}${withArticle(kind)}`;
    case 'deletecollection':
      return `delete collection of ${kind}`;
    case 'connect':
      return `connect ${method.toUpperCase()} requests to ${of}${kind}`;
  }
}

/** `rbacAuthorization` for rbac.authorization.k8s.io, `core` for the legacy group. */
export function groupWord(group: string): string {
  return group === '' ? 'core' : validId(group.replace(/\.k8s\.io$/, ''));
}

/** In camel case, without what no identifier may have. */
export function validId(text: string): string {
  return text.replace(/[^\p{L}\d_]+(.?)/gu, (_, next: string) => next.toUpperCase());
}

/** A plural has no article. */
function withArticle(noun: string): string {
  if (noun.endsWith('s') && !noun.endsWith('ss')) return noun;
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
