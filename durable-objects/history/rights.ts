/** The rights to read an object's past: those that a GET of it asks for now. */
import type { KeyParts } from '../../kube/machinery/resource.ts';
import type { Attributes, Authorizer } from '../apiserver/authz/attributes.ts';
import type { UserInfo } from '../apiserver/request.ts';

export type MayRead = (key: KeyParts) => boolean;

/** The right to list a resource stands for that to get its objects here, so most answers are remembered by namespace. */
export function readableBy(user: UserInfo, authorize: Authorizer): MayRead {
  const lists = new Map<string, boolean>();
  return ({ resource, namespace, name }) => {
    const place = `${resource}/${namespace}`;
    let mayList = lists.get(place);
    if (mayList === undefined) {
      mayList = authorize(attributes(user, 'list', { resource, namespace, name: '' })).allowed;
      lists.set(place, mayList);
    }
    return mayList || authorize(attributes(user, 'get', { resource, namespace, name })).allowed;
  };
}

function attributes(user: UserInfo, verb: string, { resource, namespace, name }: KeyParts): Attributes {
  const dot = resource.indexOf('.');
  const group = dot < 0 ? '' : resource.slice(dot + 1);
  const plural = dot < 0 ? resource : resource.slice(0, dot);
  const about = { group, version: '', resource: plural, subresource: '', namespace, name, path: '' };
  return { user, verb, isResource: true, ...about };
}
