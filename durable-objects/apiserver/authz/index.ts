/** The chain of authorities, in upstream's order (`--authorization-mode=Node,RBAC`); the first that allows decides. */

import type { RequestInfo } from '../../../kube/machinery/request/request-info.ts';
import { type FieldRequirement, parseFieldSelector } from '../../../kube/machinery/selectors/fields.ts';
import type { Store } from '../../store/store.ts';
import type { Query } from '../query.ts';
import type { UserInfo } from '../request.ts';
import { type Attributes, type Authority, type Authorizer, isMaster } from './attributes.ts';
import { makeNodeAuthority } from './node.ts';
import { makeRbacAuthority } from './rbac/authority.ts';
import type { RuleResolver } from './rbac/rule-resolver.ts';

/** Allows the group `system:masters` everything. */
const masters: Authority = ({ user }) => (isMaster(user) ? 'allow' : undefined);

export function makeAuthorizer(store: Store, resolver: RuleResolver): Authorizer {
  const chain = [masters, makeNodeAuthority(store), makeRbacAuthority(resolver)];
  return (attributes) => {
    const reasons: string[] = [];
    for (const authority of chain) {
      const opinion = authority(attributes);
      if (opinion === undefined) continue;
      if (opinion === 'allow') return { allowed: true, reason: '' };
      if ('allow' in opinion) return { allowed: true, reason: opinion.allow };
      reasons.push(opinion.noOpinion);
    }
    return { allowed: false, reason: reasons.join('\n') };
  };
}

export function attributesOf(info: RequestInfo, user: UserInfo, query: Query): Attributes {
  return {
    user,
    verb: info.verb,
    isResource: info.isResource,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    path: info.path,
    fields: fieldRequirements(query.get('fieldSelector')),
  };
}

/**
 * undefined for a selector that cannot be read: then the right to all objects is asked for, and the verb reports the
 * selector.
 */
export function fieldRequirements(selector: string | undefined): FieldRequirement[] | undefined {
  if (!selector) return undefined;
  try {
    return parseFieldSelector(selector);
  } catch {
    return undefined;
  }
}
