/** The rules of a ResourceQuota (`ValidateResourceQuota` and its kin). */
import { type FieldError, fieldError, typed } from '../../../machinery/field-error.ts';
import type { ResourceQuota } from '../../../types.ts';
import { validateQuantityValue, validateResourceName } from '../pod-spec/resource-requirements.ts';
import { isHugePages, isHugePagesOfQuota, type ResourceList } from '../pod-spec/resources.ts';

interface ScopeRequirement {
  scopeName?: string;
  operator?: string;
  values?: string[];
}

type Spec = NonNullable<ResourceQuota['spec']>;

const PODS = ['pods', 'cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const STANDARD: ReadonlySet<string> = new Set([
  ...PODS,
  ...['', 'requests.', 'limits.'].map((of) => `${of}ephemeral-storage`),
  'requests.storage',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
]);
/** The standard resources that a scope is for. */
const SCOPES: ReadonlyMap<string, readonly string[]> = new Map([
  ...['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity'].map(
    (scope): [string, string[]] => [scope, PODS],
  ),
  ['BestEffort', ['pods']],
  ['VolumeAttributesClass', ['persistentvolumeclaims', 'requests.storage']],
]);
const EXISTS_ONLY: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

function isStandard(name: string): boolean {
  return STANDARD.has(name) || isHugePages(name) || isHugePagesOfQuota(name);
}

export function validateResourceQuota({ spec, status }: ResourceQuota): FieldError[] {
  return [...validateSpec(spec ?? {}), ...validateStatus(status)];
}

export function validateResourceQuotaUpdate({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  const [next, before] = [new Set(spec?.scopes), new Set(old.spec?.scopes)];
  const isSame = next.size === before.size && [...next].every((scope) => before.has(scope));
  return isSame ? [] : [fieldError.invalid('spec.scopes', spec?.scopes ?? null, 'field is immutable')];
}

export function validateStatus(status: ResourceQuota['status']): FieldError[] {
  return [...validateList(status?.hard, 'status.hard'), ...validateList(status?.used, 'status.used')];
}

function validateList(list: ResourceList | undefined, field: string): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, text]) => {
    const at = `${field}[${name}]`;
    const errors = validateResourceName(name, at);
    if (!name.includes('/') && !isStandard(name)) {
      errors.push(fieldError.invalid(at, name, 'must be a standard resource for quota'));
    }
    return [...errors, ...validateQuantityValue(name, text, at)];
  });
}

function validateSpec(spec: Spec): FieldError[] {
  return [...validateList(spec.hard, 'spec.hard'), ...validateScopes(spec), ...validateSelector(spec)];
}

function validateScopes(spec: Spec): FieldError[] {
  const { scopes = [] } = spec;
  const refuse = (detail: string) => fieldError.invalid('spec.scopes', scopes, detail);
  return [
    ...scopes.flatMap((scope) => [
      ...(SCOPES.has(scope) ? [] : [refuse('unsupported scope')]),
      ...misapplied(scope, spec).map(() => refuse('unsupported scope applied to resource')),
    ]),
    ...conflicting(scopes).map(() => refuse('conflicting scopes')),
  ];
}

/** The standard resources of the quota that the scope is not for. */
function misapplied(scope: string, { hard }: Spec): string[] {
  const allowed = SCOPES.get(scope);
  return Object.keys(hard ?? {}).filter((name) => isStandard(name) && allowed && !allowed.includes(name));
}

function conflicting(scopes: readonly string[]): string[][] {
  return CONFLICTS.filter((pair) => pair.every((scope) => scopes.includes(scope)));
}

const ONLY_EXISTS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateSelector(spec: Spec): FieldError[] {
  if (!spec.scopeSelector) return [];
  const field = 'spec.scopeSelector.matchExpressions';
  const errors: FieldError[] = [];
  const requirements: readonly ScopeRequirement[] = spec.scopeSelector.matchExpressions ?? [];
  for (const { scopeName = '', operator = '', values = [] } of requirements) {
    if (!SCOPES.has(scopeName)) errors.push(fieldError.invalid(`${field}.scopeName`, scopeName, 'unsupported scope'));
    for (const _ of misapplied(scopeName, spec)) {
      errors.push(fieldError.invalid(field, goValue(requirements), 'unsupported scope applied to resource'));
    }
    if (EXISTS_ONLY.has(scopeName) && operator !== 'Exists') {
      errors.push(fieldError.invalid(`${field}.operator`, typed(operator), ONLY_EXISTS));
    }
    if (operator === 'In' || operator === 'NotIn') {
      const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      if (values.length === 0) errors.push(fieldError.required(`${field}.values`, detail));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      if (values.length > 0) errors.push(fieldError.invalid(`${field}.values`, values, detail));
    } else errors.push(fieldError.invalid(`${field}.operator`, typed(operator), 'not a valid selector operator'));
  }
  const names = requirements.map(({ scopeName = '' }) => scopeName);
  for (const _ of conflicting(names)) {
    errors.push(fieldError.invalid(field, spec.scopes ?? null, 'conflicting scopes'));
  }
  return errors;
}

/** The selector under the names that Go has for its fields. */
function goValue(requirements: readonly ScopeRequirement[]): unknown {
  return {
    MatchExpressions: requirements.map(({ scopeName, operator, values }) => ({
      ScopeName: scopeName ?? '',
      Operator: operator ?? '',
      Values: values ?? null,
    })),
  };
}
