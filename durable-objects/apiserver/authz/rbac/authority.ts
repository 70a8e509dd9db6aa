/** RBAC as an authority of the chain (upstream `plugin/pkg/auth/authorizer/rbac/rbac.go`). */
import { ruleAllows } from '../../../../kube/rbac/rules.ts';
import type { PolicyRule } from '../../../../kube/types.ts';
import type { Authority } from '../attributes.ts';
import type { Grant } from './grant.ts';
import type { RuleResolver } from './rule-resolver.ts';

export function makeRbacAuthority(resolver: RuleResolver): Authority {
  return (attributes) => {
    let allowing: Grant | undefined;
    let broken: Grant[] | undefined;
    let last: readonly PolicyRule[] | undefined;
    resolver.visit(attributes.user, attributes.namespace, (grant, rules) => {
      if (!rules) {
        broken ??= [];
        broken.push(grant);
        return false;
      }
      // Many bindings of one role often follow each other.
      if (rules === last) return false;
      last = rules;
      if (!rules.some((rule) => ruleAllows(rule, attributes))) return false;
      allowing = grant;
      return true;
    });
    if (allowing) return allowing;
    return broken && { noOpinion: `RBAC: ${aggregate(broken.map(({ problem }) => problem))}` };
  };
}

/** Errors as Go's aggregate tells them: each once, several in brackets. */
export function aggregate(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
