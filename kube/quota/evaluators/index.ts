/** The table of evaluators (`pkg/quota/v1/evaluator/core/registry.go`, `install/registry.go`). */
import type { GroupResource } from '../../machinery/resource.ts';
import { persistentVolumeClaims } from './claims.ts';
import { countEvaluator } from './counts.ts';
import type { Evaluator } from './evaluator.ts';
import { pods } from './pods.ts';
import { resourceClaims } from './resource-claims.ts';
import { services } from './services.ts';

/** The resources whose usage is more than their number. */
export const MEASURED: ReadonlyMap<GroupResource, Evaluator> = new Map([
  ['pods', pods],
  ['services', services],
  ['persistentvolumeclaims', persistentVolumeClaims],
  ['resourceclaims.resource.k8s.io', resourceClaims],
]);

/** Events have no quota, and bindings are not stored. */
const IGNORED: ReadonlySet<GroupResource> = new Set(['events', 'events.events.k8s.io', 'bindings']);
const counts = new Map<GroupResource, Evaluator>();
/** Resources that clients define could be many. */
const MAX_COUNTS = 1000;

/** undefined where no quota can be set. */
export function evaluatorOf(resource: GroupResource): Evaluator | undefined {
  const measured = MEASURED.get(resource);
  if (measured) return measured;
  if (IGNORED.has(resource)) return undefined;
  let evaluator = counts.get(resource);
  if (!evaluator) {
    evaluator = countEvaluator(resource);
    if (counts.size >= MAX_COUNTS) counts.clear();
    counts.set(resource, evaluator);
  }
  return evaluator;
}
