/**
 * The grants to one subject by what their rules are about, so that a request looks at few of many rules. The grant
 * found is the first one that allows the request in the order of the bindings.
 */
import { type Asked, ruleAllows } from '../../../../kube/rbac/rules.ts';
import type { PolicyRule } from '../../../../kube/types.ts';
import type { Grant } from './grant.ts';

/** Combinations of group, resource and object that a rule may name; one with more is looked at by each request. */
const MAX_PLACES = 1000;

interface Entry {
  order: number;
  grant: Grant;
  rule: PolicyRule;
}

/** The rules about a resource, in order. */
interface About {
  whole: Entry[];
  /** Rules with `resourceNames`, by name. */
  named: Map<string, Entry[]>;
}

export class GrantIndex {
  /** Grants whose role is not there. */
  readonly broken: readonly Grant[];
  /** The number of rules in the index. */
  readonly size: number;
  readonly #resources = new Map<string, About>();
  readonly #paths: Entry[] = [];
  readonly #wide: Entry[] = [];

  constructor(grants: readonly Grant[], rulesOf: (grant: Grant) => readonly PolicyRule[] | undefined) {
    const broken: Grant[] = [];
    // The first of several bindings of a role is the one that the reason names.
    const seen = new Set<readonly PolicyRule[]>();
    let order = 0;
    for (const grant of grants) {
      const rules = rulesOf(grant);
      if (!rules) broken.push(grant);
      else if (!seen.has(rules)) for (const rule of rules) this.#add({ order: order++, grant, rule });
      if (rules) seen.add(rules);
    }
    this.broken = broken;
    this.size = order;
  }

  /** The first grant that allows the request; undefined where none does. */
  allowing(asked: Asked): Grant | undefined {
    if (!asked.isResource) return this.#paths.find(({ rule }) => ruleAllows(rule, asked))?.grant;
    const { resource, subresource, name } = asked;
    let found = first(this.#wide, asked);
    for (const group of [asked.group, '*']) {
      for (const what of subresource === ''
        ? [resource, '*']
        : [`${resource}/${subresource}`, `*/${subresource}`, '*']) {
        const about = this.#resources.get(placeOf(group, what));
        if (!about) continue;
        found = first(about.whole, asked, found);
        found = first(about.named.get(name), asked, found);
      }
    }
    return found?.grant;
  }

  #add(entry: Entry): void {
    const { apiGroups = [], resources = [], resourceNames: names = [], nonResourceURLs } = entry.rule;
    if (nonResourceURLs?.length) this.#paths.push(entry);
    if (apiGroups.length * resources.length * Math.max(names.length, 1) > MAX_PLACES) {
      this.#wide.push(entry);
      return;
    }
    for (const group of apiGroups) {
      for (const resource of resources) {
        const about = this.#about(placeOf(group, resource));
        if (names.length === 0) about.whole.push(entry);
        for (const name of names) {
          const known = about.named.get(name);
          if (known) known.push(entry);
          else about.named.set(name, [entry]);
        }
      }
    }
  }

  #about(place: string): About {
    let about = this.#resources.get(place);
    if (!about) {
      about = { whole: [], named: new Map() };
      this.#resources.set(place, about);
    }
    return about;
  }
}

const placeOf = (group: string, resource: string): string => `${group}\n${resource}`;

/** The first of the entries, which are in order, that allows the request, or `found`, where that comes before. */
function first(entries: readonly Entry[] | undefined, asked: Asked, found?: Entry): Entry | undefined {
  for (const entry of entries ?? []) {
    if (found && entry.order >= found.order) return found;
    if (ruleAllows(entry.rule, asked)) return entry;
  }
  return found;
}
