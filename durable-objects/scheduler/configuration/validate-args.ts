/** Arguments of plugins must make sense (`apis/config/validation/validation_pluginargs.go`). */

import { validateNodeSelector, validateNodeSelectorTerm } from '../../../kube/kinds/core/pod-spec/node-selector.ts';
import { validateLabelName } from '../../../kube/kinds/validation/labels.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { parseDuration } from '../../../kube/machinery/go-duration.ts';
import type {
  NodeAffinityArgs,
  PodTopologySpreadArgs,
  ResourceSpec,
  ScoringStrategy,
  ShapePoint,
} from '../framework/arguments.ts';
import { DEFAULT_ARGS } from '../framework/arguments.ts';
import { balancedArgs, fitArgs, spreadArgs } from './registry.ts';

type Given = Readonly<Record<string, unknown>>;
type Validator = (args: Given, path: string) => FieldError[];

const SECOND = 1_000_000_000n;
const { invalid, required, notSupported, duplicate, forbidden } = fieldError;

const VALIDATORS: Readonly<Record<string, Validator>> = {
  DefaultPreemption: preemption,
  DynamicResources: devices,
  InterPodAffinity({ hardPodAffinityWeight: weight = 1 }, path) {
    return outside(weight, 0, 100)
      ? [invalid(`${path}.hardPodAffinityWeight`, weight, 'not in valid range [0, 100]')]
      : [];
  },
  NodeAffinity: affinity,
  NodeResourcesBalancedAllocation: balanced,
  NodeResourcesFit: fit,
  PodTopologySpread: (args, path) => spread(spreadArgs(args), path),
  VolumeBinding({ bindTimeoutSeconds = 600, shape }, path) {
    const errors: FieldError[] = [];
    if (Number(bindTimeoutSeconds) < 0) {
      const detail = 'invalid BindTimeoutSeconds, should not be a negative value';
      errors.push(invalid(`${path}.bindTimeoutSeconds`, bindTimeoutSeconds, detail));
    }
    const detail = 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring';
    return shape === undefined ? errors : [...errors, invalid(`${path}.shape`, shape, detail)];
  },
};

export function validateArgs(plugin: string, args: Given, path: string): FieldError[] {
  return (Object.hasOwn(VALIDATORS, plugin) ? VALIDATORS[plugin]?.(args, path) : undefined) ?? [];
}

function outside(value: unknown, low: number, high: number): boolean {
  return Number(value) < low || Number(value) > high;
}

function preemption(given: Given, path: string): FieldError[] {
  const args = { ...DEFAULT_ARGS.DefaultPreemption, ...given } as Record<string, number>;
  const { minCandidateNodesPercentage: percentage = 0, minCandidateNodesAbsolute: absolute = 0 } = args;
  const paths = [`${path}.minCandidateNodesPercentage`, `${path}.minCandidateNodesAbsolute`] as const;
  const errors: FieldError[] = [];
  if (outside(percentage, 0, 100)) errors.push(invalid(paths[0], percentage, 'not in valid range [0, 100]'));
  if (absolute < 0) errors.push(invalid(paths[1], absolute, 'not in valid range [0, inf)'));
  if (percentage !== 0 || absolute !== 0) return errors;
  const both = 'cannot be zero at the same time as';
  return [
    ...errors,
    invalid(paths[0], percentage, `${both} minCandidateNodesAbsolute`),
    invalid(paths[1], absolute, `${both} minCandidateNodesPercentage`),
  ];
}

function devices({ filterTimeout = '0s', bindingTimeout = '1s' }: Given, path: string): FieldError[] {
  const isBelow = (text: unknown, least: bigint): boolean => {
    const duration = parseDuration(String(text));
    return typeof duration === 'string' || duration < least;
  };
  return [
    ...(isBelow(filterTimeout, 0n)
      ? [invalid(`${path}.filterTimeout`, filterTimeout, 'must be zero or positive')]
      : []),
    ...(isBelow(bindingTimeout, SECOND)
      ? [invalid(`${path}.bindingTimeout`, bindingTimeout, 'must be at least 1 second')]
      : []),
  ];
}

function affinity({ addedAffinity }: NodeAffinityArgs, path: string): FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: needed, preferredDuringSchedulingIgnoredDuringExecution } =
    addedAffinity ?? {};
  const at = `${path}.addedAffinity`;
  const preferred = preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...(needed ? validateNodeSelector(needed, `${at}.requiredDuringSchedulingIgnoredDuringExecution`) : []),
    ...preferred.flatMap(({ preference }, i) =>
      validateNodeSelectorTerm(
        preference,
        false,
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`,
      ),
    ),
  ];
}

function balanced(args: Given, path: string): FieldError[] {
  const seen = new Set<string>();
  return balancedArgs(args).resources.flatMap(({ name, weight }, i) => {
    const at = `${path}.resources[${i}]`;
    const errors = seen.has(name) ? [duplicate(`${at}.name`, name)] : [];
    seen.add(name);
    return weight === 1 ? errors : [...errors, invalid(`${at}.weight`, weight, 'must be 1')];
  });
}

function fit(given: Given, path: string): FieldError[] {
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy } = fitArgs(given);
  return [
    ...ignoredResources.flatMap((name, i) => validateLabelName(name, `${path}.ignoredResources[${i}]`)),
    ...ignoredResourceGroups.flatMap((group, i) => {
      const at = `${path}.ignoredResourceGroups[${i}]`;
      const slash = group.includes('/') ? [invalid(at, group, "resource group name can't contain '/'")] : [];
      return [...slash, ...validateLabelName(group, at)];
    }),
    ...strategy(scoringStrategy, `${path}.scoringStrategy`),
  ];
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];

function strategy({ type, resources, requestedToCapacityRatio: ratio }: ScoringStrategy, path: string): FieldError[] {
  const at = `${path}.requestedToCapacityRatio`;
  const errors = STRATEGIES.includes(type) ? [] : [notSupported(`${path}.type`, type ?? '', STRATEGIES)];
  errors.push(...resources.flatMap((resource, i) => weightOf(resource, `${path}.resources[${i}].weight`)));
  if (type !== 'RequestedToCapacityRatio') {
    return ratio ? [...errors, forbidden(at, 'must be nil when type is not RequestedToCapacityRatio')] : errors;
  }
  if (!ratio) return [...errors, required(at, 'must be specified when type is RequestedToCapacityRatio')];
  return [...errors, ...shapeOf(ratio.shape ?? [], `${at}.shape`)];
}

function weightOf({ name, weight }: ResourceSpec, path: string): FieldError[] {
  if (weight > 0 && weight <= 100) return [];
  return [invalid(path, weight, `resource weight of ${name} not in valid range (0, 100]`)];
}

function shapeOf(shape: readonly ShapePoint[], path: string): FieldError[] {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')];
  const unsorted = shape.findIndex(({ utilization }, i) => i > 0 && (shape[i - 1]?.utilization ?? 0) >= utilization);
  const errors: FieldError[] = [];
  if (unsorted > 0) {
    const { utilization } = shape[unsorted] as ShapePoint;
    errors.push(invalid(`${path}[${unsorted}].utilization`, utilization, 'values must be sorted in increasing order'));
  }
  for (const [i, { utilization, score }] of shape.entries()) {
    const at = `${path}[${i}]`;
    if (outside(utilization, 0, 100))
      errors.push(invalid(`${at}.utilization`, utilization, 'not in valid range [0, 100]'));
    if (outside(score, 0, 10)) errors.push(invalid(`${at}.score`, score, 'not in valid range [0, 10]'));
  }
  return errors;
}

const TYPES = ['System', 'List'];
const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];

function spread({ defaultingType, defaultConstraints }: PodTopologySpreadArgs, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = `${path}.defaultingType`;
  if (!TYPES.includes(defaultingType)) errors.push(notSupported(type, defaultingType, TYPES));
  else if (defaultingType === 'System' && defaultConstraints.length > 0) {
    errors.push(invalid(type, defaultingType, 'when .defaultConstraints are not empty'));
  }
  const seen = new Set<string>();
  for (const [
    i,
    { maxSkew = 0, topologyKey = '', whenUnsatisfiable: action, labelSelector },
  ] of defaultConstraints.entries()) {
    const at = `${path}.defaultConstraints[${i}]`;
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'not in valid range (0, inf)'));
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    else errors.push(...validateLabelName(topologyKey, `${at}.topologyKey`));
    if (!action) errors.push(required(`${at}.whenUnsatisfiable`, 'can not be empty'));
    else if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.whenUnsatisfiable`, action, ACTIONS));
    if (labelSelector) {
      const detail = 'constraint must not define a selector, as they deduced for each pod';
      errors.push(forbidden(`${at}.labelSelector`, detail));
    }
    const pair = `{${topologyKey}, ${action ?? ''}}`;
    if (seen.has(pair)) errors.push(duplicate(at, pair));
    seen.add(pair);
  }
  return errors;
}
