/**
 * The attributes of a request that authorisation decides by, the decision, and its 403 (apiserver
 * `pkg/authorization/authorizer/interfaces.go`).
 */
import { forbiddenText } from '../../../kube/machinery/request/forbidden-text.ts';
import { groupResource } from '../../../kube/machinery/resource.ts';
import type { FieldRequirement } from '../../../kube/machinery/selectors/fields.ts';
import { type ApiError, forbidden } from '../errors.ts';
import type { UserInfo } from '../request.ts';

export interface Attributes {
  user: UserInfo;
  verb: string;
  isResource: boolean;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  path: string;
  /**
   * Requirements of the field selector, where there are any that could be read. No authority asks for those of a label
   * selector.
   */
  fields?: readonly FieldRequirement[];
}

interface Decision {
  allowed: boolean;
  reason: string;
}

export type Authorizer = (attributes: Attributes) => Decision;

/** An authority's answer; undefined: no opinion. A text is the reason, of an approval or for having no opinion. */
export type Opinion = 'allow' | { readonly allow: string } | { readonly noOpinion: string } | undefined;

/** An authority of the chain: the Node authoriser, or RBAC. */
export type Authority = (attributes: Attributes) => Opinion;

/** Whether the user is of the group that no rule restricts (apiserver `authorizerfactory`, NewPrivilegedGroups). */
export function isMaster({ groups }: UserInfo): boolean {
  return groups.includes('system:masters');
}

/** 403 in upstream's words (apiserver `pkg/endpoints/handlers/responsewriters/errors.go`). */
export function forbiddenBy(attributes: Attributes, reason: string): ApiError {
  const { group, resource, name } = attributes;
  const text = forbiddenText(attributes.user.name, attributes);
  const why = reason === '' ? text : `${text}: ${reason}`;
  return forbidden(resource === '' ? '' : groupResource(group, resource), name, why);
}
