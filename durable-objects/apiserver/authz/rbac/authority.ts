/** RBAC as an authority of the chain (upstream `plugin/pkg/auth/authorizer/rbac/rbac.go`). */
import { ruleAllows } from '../../../../kube/rbac/rules.ts';
import type { Authority } from '../attributes.ts';
import type { Grant } from './grant.ts';
import type { RuleResolver } from './rule-resolver.ts';

export function makeRbacAuthority(resolver: RuleResolver): Authority {
  return (attributes) => {
    let allowing: Grant | undefined;
    let broken: Grant[] | undefined;
    resolver.visitLists(attributes.user, attributes.namespace, (grants, index) => {
      if (index) {
        allowing = index.allowing(attributes);
        if (index.broken.length > 0) broken = [...(broken ?? []), ...index.broken];
        return allowing !== undefined;
      }
      for (const grant of grants) {
        const rules = resolver.rulesOf(grant.role);
        if (!rules) {
          broken ??= [];
          broken.push(grant);
        } else if (rules.some((rule) => ruleAllows(rule, attributes))) {
          allowing = grant;
          return true;
        }
      }
      return false;
    });
    if (allowing) return allowing;
    return broken && { noOpinion: `RBAC: ${aggregate(broken.map(({ problem }) => problem))}` };
  };
}

/** Messages as Go's `Aggregate` error prints them: each once, several in brackets. */
export function aggregate(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
