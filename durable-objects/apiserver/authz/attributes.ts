/**
 * The attributes of a request that authorisation decides by, and the decision (apiserver
 * `pkg/authorization/authorizer/interfaces.go`).
 */
import type { FieldRequirement } from '../../../kube/machinery/selectors/fields.ts';
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
