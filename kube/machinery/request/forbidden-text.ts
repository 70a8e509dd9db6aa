/** A refusal in upstream's words (apiserver `pkg/endpoints/handlers/responsewriters/errors.go`). */
import type { RequestInfo } from './request-info.ts';

type Asked = Pick<RequestInfo, 'verb' | 'isResource' | 'path' | 'resource' | 'subresource' | 'group' | 'namespace'>;

export function forbiddenText(
  user: string,
  { verb, isResource, path, resource, subresource, group, namespace }: Asked,
): string {
  const refused = `User ${JSON.stringify(user)} cannot ${verb}`;
  if (!isResource) return `${refused} path ${JSON.stringify(path)}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${refused} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}
