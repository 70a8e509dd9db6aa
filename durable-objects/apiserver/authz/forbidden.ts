/** 403 in upstream's words (apiserver `pkg/endpoints/handlers/responsewriters/errors.go`). */
import { groupResource } from '../../../kube/machinery/resource.ts';
import { type ApiError, forbidden, quote } from '../errors.ts';
import type { Attributes } from './attributes.ts';

export function forbiddenBy(attributes: Attributes, reason: string): ApiError {
  const { group, resource, name } = attributes;
  const text = forbiddenText(attributes);
  const why = reason === '' ? text : `${text}: ${reason}`;
  return forbidden(resource === '' ? '' : groupResource(group, resource), name, why);
}

function forbiddenText({ user, verb, isResource, path, resource, subresource, group, namespace }: Attributes): string {
  if (!isResource) return `User ${quote(user.name)} cannot ${verb} path ${quote(path)}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  return `User ${quote(user.name)} cannot ${verb} resource ${quote(what)} in API group ${quote(group)} ${where}`;
}
