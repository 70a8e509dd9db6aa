/** Objects that are counted, one each (apiserver `pkg/quota/v1/generic/evaluator.go`). */
import type { GroupResource } from '../../machinery/resource.ts';
import { ONE } from '../usage.ts';
import type { Evaluator } from './evaluator.ts';

/** The resources that quotas also count under their bare name (`legacyObjectCountAliases`). */
const ALIASES: ReadonlySet<GroupResource> = new Set([
  'configmaps',
  'resourcequotas',
  'replicationcontrollers',
  'secrets',
]);

export function countOf(resource: GroupResource): string {
  return `count/${resource}`;
}

export function countEvaluator(resource: GroupResource): Evaluator {
  const names = [countOf(resource), ...(ALIASES.has(resource) ? [resource] : [])];
  const usage = new Map(names.map((name) => [name, ONE]));
  return {
    isCount: true,
    matches: (name) => usage.has(name),
    usage: () => usage,
    matchesScope: () => false,
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
  };
}
