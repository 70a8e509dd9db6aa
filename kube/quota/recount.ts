/** The usage of a quota, counted anew (apiserver `pkg/quota/v1/resources.go` CalculateUsage). */
import type { KubeObject } from '../machinery/object.ts';
import type { Quantity } from '../machinery/quantity.ts';
import type { GroupResource } from '../machinery/resource.ts';
import type { ScopeRequirement } from './evaluators/evaluator.ts';
import { evaluatorOf, MEASURED } from './evaluators/index.ts';
import { Measured, namesFor } from './quota.ts';
import { addTo, count, type Usage } from './usage.ts';

export interface Content {
  /** The number of objects of a resource in the namespace. */
  count(resource: GroupResource): number;
  objects(resource: GroupResource): Iterable<KubeObject>;
}

const COUNT = 'count/';

/**
 * `now` in milliseconds since the epoch. Every name that is known has an amount. Objects of a resource that is not
 * served yet are none: so they are counted from the first on.
 */
export function recount(
  hard: Usage,
  scopes: readonly ScopeRequirement[],
  now: number,
  content: Content,
): Map<string, Quantity> {
  const used = new Map<string, Quantity>();
  for (const resource of new Set([...hard.keys()].flatMap(resourcesOf))) {
    const evaluator = evaluatorOf(resource);
    const names = evaluator ? namesFor({ hard }, evaluator) : [];
    if (!evaluator || names.length === 0) continue;
    const total = new Map<string, Quantity>(names.map((name) => [name, count(0)]));
    if (!evaluator.isCount) {
      for (const object of content.objects(resource)) {
        const measured = new Measured(evaluator, object, now);
        if (measured.isIn({ scopes })) addTo(total, measured.usage);
      }
    } else if (scopes.length === 0) {
      const objects = content.count(resource);
      for (const name of names) total.set(name, count(objects));
    }
    addTo(used, new Map(names.map((name) => [name, total.get(name) as Quantity])));
  }
  return used;
}

/** The resources whose objects may count toward a name. */
function resourcesOf(name: string): GroupResource[] {
  if (name.startsWith(COUNT)) return [name.slice(COUNT.length)];
  const measured = [...MEASURED].filter(([, evaluator]) => evaluator.matches(name)).map(([resource]) => resource);
  return measured.length > 0 ? measured : [name];
}
