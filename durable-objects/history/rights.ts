/** The rights to read an object's past: those that a GET of it asks for now. */
import type { GroupResource, KeyParts } from '../../kube/machinery/resource.ts';
import type { Attributes, Authorizer } from '../apiserver/authz/attributes.ts';
import { madeAt } from '../apiserver/past-namespaces.ts';
import type { UserInfo } from '../apiserver/request.ts';
import type { Store } from '../store/store.ts';

/** `revision`: the moment at which it is read; now when left out. */
export type MayRead = (key: KeyParts, revision?: number) => boolean;

/** The right to list a resource stands for that to get its objects here, so most answers are remembered by namespace. */
export function readableBy(user: UserInfo, authorize: Authorizer, store: Store): MayRead {
  const lists = new Map<string, boolean>();
  const made = new Map<string, number>();
  const mayList = (resource: GroupResource, namespace: string): boolean =>
    kept(
      lists,
      `${resource}/${namespace}`,
      () => authorize(attributes(user, 'list', { resource, namespace, name: '' })).allowed,
    );
  return ({ resource, namespace, name }, revision) => {
    if (mayList(resource, '')) return true;
    if (namespace !== '' && revision !== undefined) {
      if (revision < kept(made, namespace, () => madeAt(store, namespace))) return false;
    }
    return mayList(resource, namespace) || authorize(attributes(user, 'get', { resource, namespace, name })).allowed;
  };
}

function kept<T>(known: Map<string, T>, key: string, find: () => T): T {
  const value = known.has(key) ? (known.get(key) as T) : find();
  known.set(key, value);
  return value;
}

function attributes(user: UserInfo, verb: string, { resource, namespace, name }: KeyParts): Attributes {
  const dot = resource.indexOf('.');
  const group = dot < 0 ? '' : resource.slice(dot + 1);
  const plural = dot < 0 ? resource : resource.slice(0, dot);
  const about = { group, version: '', resource: plural, subresource: '', namespace, name, path: '' };
  return { user, verb, isResource: true, ...about };
}
