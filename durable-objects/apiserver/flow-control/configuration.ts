/**
 * The FlowSchemas and priority levels of the cluster, as requests are sorted by them. Objects are read when a request
 * comes first, and again when one has changed.
 */
import {
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
  CATCH_ALL,
  EXEMPT,
  FLOW_SCHEMAS,
  PRIORITY_LEVELS,
} from '../../../kube/flowcontrol/bootstrap.ts';
import { type FlowRequest, type FlowUser, matchesRule, rulesForUser } from '../../../kube/flowcontrol/match.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../../../kube/types.ts';
import { Derived, type DerivedStore } from '../derived.ts';

export type LevelSpec = NonNullable<PriorityLevelConfiguration['spec']>;

export interface LevelConfiguration {
  name: string;
  uid: string;
  spec: LevelSpec;
}

/** The schema of a request, and its level. */
export interface Classified {
  schema: Schema;
  level: LevelConfiguration;
}

interface Schema {
  name: string;
  uid: string;
  spec: NonNullable<FlowSchema['spec']>;
}

type Candidate = Classified & { rules: ReturnType<typeof rulesForUser> };

export interface Snapshot {
  levels: readonly LevelConfiguration[];
  classify(user: FlowUser, request: FlowRequest): Classified;
}

const PREFIXES = [keyPrefix(FLOW_SCHEMAS), keyPrefix(PRIORITY_LEVELS)] as const;

export class FlowConfiguration {
  readonly #snapshot: Derived<Snapshot>;

  constructor(store: DerivedStore) {
    this.#snapshot = new Derived(store, PREFIXES, ([schemas = [], levels = []]) =>
      makeSnapshot(schemas as FlowSchema[], levels as PriorityLevelConfiguration[]),
    );
  }

  /** The configuration; after each change of an object it is a new one. */
  current(): Snapshot {
    return this.#snapshot.get();
  }
}

/** Exported for tests. The mandatory ones count also while they are not there. */
export function makeSnapshot(
  schemas: readonly FlowSchema[],
  configurations: readonly PriorityLevelConfiguration[],
): Snapshot {
  const levels = withMandatory(configurations, BOOTSTRAP_PRIORITY_LEVELS).map(configurationOf);
  const byName = new Map(levels.map((level) => [level.name, level]));
  const classified = withMandatory(schemas, BOOTSTRAP_FLOW_SCHEMAS)
    .map(configurationOf)
    .flatMap((schema): Classified[] => {
      const level = byName.get(schema.spec.priorityLevelConfiguration?.name ?? '');
      // A FlowSchema whose level is missing has no effect.
      return level ? [{ schema, level }] : [];
    })
    .sort((a, b) => precedence(a) - precedence(b) || (a.schema.name < b.schema.name ? -1 : 1));
  const last = classified.find(({ schema }) => schema.name === CATCH_ALL) as Classified;
  const candidates = new WeakMap<FlowUser, Candidate[]>();

  function candidatesOf(user: FlowUser): Candidate[] {
    let own = candidates.get(user);
    if (!own) {
      own = classified.flatMap((each) => {
        const rules = rulesForUser(each.schema.spec, user);
        return rules.length > 0 ? [{ ...each, rules }] : [];
      });
      candidates.set(user, own);
    }
    return own;
  }

  return {
    levels,
    classify: (user, request) =>
      candidatesOf(user).find(({ rules }) => rules.some((rule) => matchesRule(rule, request))) ?? last,
  };
}

const precedence = ({ schema }: Classified): number => schema.spec.matchingPrecedence ?? 0;

function withMandatory<T extends KubeObject>(stored: readonly T[], bootstrap: readonly KubeObject[]): T[] {
  const missing = bootstrap.filter(
    ({ metadata: { name } }) =>
      (name === EXEMPT || name === CATCH_ALL) && !stored.some(({ metadata }) => metadata.name === name),
  );
  return [...stored, ...(missing as T[])];
}

function configurationOf<S>({ metadata, spec }: KubeObject & { spec?: S }): { name: string; uid: string; spec: S } {
  return { name: metadata.name ?? '', uid: metadata.uid ?? '', spec: spec ?? ({} as S) };
}
