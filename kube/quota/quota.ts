/**
 * A quota: the requests that it refuses, and how its usage changes (apiserver
 * `pkg/admission/plugin/resourcequota/controller.go`).
 */
import type { KubeObject } from '../machinery/object.ts';
import { formatQuantity, type Quantity } from '../machinery/quantity.ts';
import type { ResourceQuota } from '../types.ts';
import type { Evaluator, QuotaRequest, ScopeRequirement } from './evaluators/evaluator.ts';
import { printUsage, readUsage, type Texts, type Usage } from './usage.ts';

/** A ResourceQuota as it is counted against. */
export interface Quota {
  name: string;
  /** Of the status: what a controller has taken up of the spec. */
  hard: Usage;
  used: Usage;
  scopes: readonly ScopeRequirement[];
}

export function readQuota({ metadata, spec, status }: ResourceQuota): Quota {
  return {
    name: metadata.name ?? '',
    hard: readUsage(status?.hard as Texts | undefined),
    used: readUsage(status?.used as Texts | undefined),
    scopes: scopesOf(spec),
  };
}

function scopesOf(spec: ResourceQuota['spec']): ScopeRequirement[] {
  const scopes: ScopeRequirement[] = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }));
  return [...scopes, ...((spec?.scopeSelector?.matchExpressions ?? []) as ScopeRequirement[])];
}

/** The names of a quota that objects of the resource count toward. `hard` does not change. */
export function namesFor({ hard }: Pick<Quota, 'hard'>, evaluator: Evaluator): readonly string[] {
  let known = namesOf.get(hard);
  if (!known) {
    known = new Map();
    namesOf.set(hard, known);
  }
  let names = known.get(evaluator);
  if (!names) {
    names = [...hard.keys()].filter((name) => evaluator.matches(name));
    known.set(evaluator, names);
  }
  return names;
}

/** Each write asks several times, and a quota that is charged keeps its `hard`. */
const namesOf = new WeakMap<Usage, Map<Evaluator, readonly string[]>>();

/** An object with its usage, computed on first use; with `now`, without what time has freed. */
export class Measured {
  readonly object: KubeObject;
  readonly #evaluator: Evaluator;
  readonly #now: number | undefined;
  #usage: Usage | undefined;

  constructor(evaluator: Evaluator, object: KubeObject, now?: number) {
    this.object = object;
    this.#evaluator = evaluator;
    this.#now = now;
  }

  get usage(): Usage {
    this.#usage ??= this.#evaluator.usage(this.object, this.#now);
    return this.#usage;
  }

  isIn({ scopes }: Pick<Quota, 'scopes'>): boolean {
    return scopes.every((scope) => this.#evaluator.matchesScope(scope, this.object));
  }
}

/** The reason to refuse the request; undefined where it has room. */
export function refusalOf(
  quota: Quota,
  evaluator: Evaluator,
  request: Pick<QuotaRequest, 'subresource'>,
  after: Measured,
  before?: Measured,
): string | undefined {
  const names = namesFor(quota, evaluator);
  if (names.length === 0 || !after.isIn(quota)) return undefined;
  const unmet = evaluator.unmet?.(names, after.object);
  if (unmet !== undefined) return `failed quota: ${quota.name}: ${unmet}`;
  if (names.some((name) => !quota.used.has(name))) {
    return `status unknown for quota: ${quota.name}, resources: ${names.toSorted().join(',')}`;
  }
  const negative = [...after.usage].filter(([, { nano }]) => nano < 0n).map(([name]) => name);
  if (negative.length > 0) return `quota usage is negative for resource(s): ${negative.sort().join(',')}`;
  if (request.subresource === 'status') return undefined;
  const wasIn = before?.isIn(quota) ? before.usage : undefined;
  const exceeded: [name: string, requested: Quantity][] = [];
  for (const name of names) {
    const requested = growth(name, after.usage, wasIn);
    const [used, hard] = [quota.used.get(name)?.nano ?? 0n, quota.hard.get(name)?.nano ?? 0n];
    if (requested && used + requested.nano > hard) exceeded.push([name, requested]);
  }
  if (exceeded.length === 0) return undefined;
  const only = (usage: Usage): string =>
    printUsage(new Map([...usage].filter(([name]) => exceeded.some(([n]) => n === name))));
  return `exceeded quota: ${quota.name}, requested: ${printUsage(new Map(exceeded))}, used: ${only(quota.used)}, limited: ${only(quota.hard)}`;
}

function growth(name: string, usage: Usage, before: Usage | undefined): Quantity | undefined {
  const wanted = usage.get(name);
  if (!wanted) return undefined;
  const nano = wanted.nano - (before?.get(name)?.nano ?? 0n);
  return nano > 0n ? { ...wanted, nano } : undefined;
}

/**
 * The names whose usage changes as an object becomes another one, comes, or goes, with their new amounts; undefined
 * where none does. Whether it has room is not asked.
 */
export function usageAfter(
  quota: Quota,
  evaluator: Evaluator,
  before: Measured | undefined,
  after: Measured | undefined,
): Usage | undefined {
  const names = namesFor(quota, evaluator);
  if (names.length === 0) return undefined;
  const [old, now] = [before, after].map((one) => (one?.isIn(quota) ? one.usage : undefined));
  let changed: Map<string, Quantity> | undefined;
  for (const name of names) {
    const used = quota.used.get(name);
    const [was, is] = [old?.get(name), now?.get(name)];
    const delta = (is?.nano ?? 0n) - (was?.nano ?? 0n);
    if (!used || delta === 0n) continue;
    const nano = used.nano + delta;
    const format = used.nano === 0n ? (is ?? used).format : used.format;
    changed ??= new Map();
    changed.set(name, { nano: nano < 0n ? 0n : nano, format });
  }
  return changed;
}

export function textsOf(usage: Usage): Record<string, string> {
  return Object.fromEntries([...usage].map(([name, quantity]) => [name, formatQuantity(quantity)]));
}
