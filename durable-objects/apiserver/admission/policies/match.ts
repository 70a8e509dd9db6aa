/** Whether a policy or a binding is for a request (apiserver `pkg/admission/plugin/policy/matching/matching.go`). */

import type { MatchResources } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import type { ServedKind } from '../../../../kube/kinds/registry.ts';
import { selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { Attributes } from '../attributes.ts';
import { invocationOf } from '../webhooks/match.ts';

/** The kind in which the policy sees the object; undefined where it is not for the request. */
export function matchOf(match: MatchResources | undefined, attributes: Attributes): ServedKind | undefined {
  const { kind, storage, conversion } = attributes.call;
  const own: ServedKind = { kind, storage, conversion };
  if (!match) return own;
  const { resourceRules, excludeResourceRules = [] } = match;
  if (excludeResourceRules.length > 0 && served(match, excludeResourceRules, attributes)) return undefined;
  // A binding without rules is for all that its policy is for.
  if (!resourceRules?.length) return served(match, [ANY], attributes) && own;
  return served(match, resourceRules, attributes);
}

const ANY = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*', '*'], scope: '*' };
type Rules = NonNullable<MatchResources['resourceRules']>;

function served(match: MatchResources, rules: Rules, attributes: Attributes): ServedKind | undefined {
  const named = rules.filter(
    ({ resourceNames = [] }) => resourceNames.length === 0 || resourceNames.includes(attributes.toldName),
  );
  const hook = {
    webhook: { rules: named, matchPolicy: match.matchPolicy },
    namespaceSelector: selectorFromObject(match.namespaceSelector ?? {}),
    objectSelector: selectorFromObject(match.objectSelector ?? {}),
  };
  return invocationOf(hook, attributes)?.served;
}
