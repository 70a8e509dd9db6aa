/** 403 in upstream's words (apiserver `pkg/endpoints/handlers/responsewriters/errors.go`). */
import { forbiddenText } from '../../../kube/machinery/request/forbidden-text.ts';
import { groupResource } from '../../../kube/machinery/resource.ts';
import { type ApiError, forbidden } from '../errors.ts';
import type { Attributes } from './attributes.ts';

export function forbiddenBy(attributes: Attributes, reason: string): ApiError {
  const { group, resource, name } = attributes;
  const text = forbiddenText(attributes.user.name, attributes);
  const why = reason === '' ? text : `${text}: ${reason}`;
  return forbidden(resource === '' ? '' : groupResource(group, resource), name, why);
}
