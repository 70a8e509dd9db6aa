/** Upstream `pkg/apis/flowcontrol/validation/validation.go`: flow schemas. */
import { EXEMPT, MANDATORY_FLOW_SCHEMAS } from '../../flowcontrol/bootstrap.ts';
import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../machinery/names.ts';
import type { FlowSchema } from '../../types.ts';
import { invalidEach } from '../validation/fields.ts';
import { repeated } from '../validation/repeated.ts';

type Spec = NonNullable<FlowSchema['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Subject = Rule['subjects'][number];
type ResourceRule = NonNullable<Rule['resourceRules']>[number];
type NonResourceRule = NonNullable<Rule['nonResourceRules']>[number];

const MAX_PRECEDENCE = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const KINDS = ['Group', 'ServiceAccount', 'User'];

export function validateFlowSchema({ metadata: { name = '' }, spec, status }: FlowSchema): FieldError[] {
  const errors = validateSpec(name, spec ?? ({} as Spec));
  const mandatory = MANDATORY_FLOW_SCHEMAS.get(name);
  if (mandatory && !sameJson(spec, mandatory)) {
    errors.push(fieldError.invalid('spec', spec, `spec of '${name}' must equal the fixed value`));
  }
  return [...errors, ...validateConditions(status?.conditions, 'status.conditions')];
}

/** Conditions of a flow schema or a priority level: one of each type. */
export function validateConditions(conditions: readonly { type?: string }[] | undefined, field: string): FieldError[] {
  const types = (conditions ?? []).map(({ type = '' }) => type);
  const twice = repeated(types);
  return types.flatMap((type, index) => {
    const at = `${field}[${index}].type`;
    return [
      ...(twice.has(index) ? [fieldError.duplicate(at, type)] : []),
      ...(type === '' ? [fieldError.required(at)] : []),
    ];
  });
}

function validateSpec(name: string, spec: Spec): FieldError[] {
  const { matchingPrecedence = 0, distinguisherMethod, rules } = spec;
  const errors: FieldError[] = [];
  const refuse = (detail: string) =>
    errors.push(fieldError.invalid('spec.matchingPrecedence', matchingPrecedence, detail));
  if (matchingPrecedence <= 0) refuse('must be a positive value');
  if (matchingPrecedence > MAX_PRECEDENCE) refuse(`must not be greater than ${MAX_PRECEDENCE}`);
  if (matchingPrecedence === 1 && name !== EXEMPT) {
    refuse("only the schema named 'exempt' may have matchingPrecedence 1");
  }
  if (distinguisherMethod && !METHODS.includes(distinguisherMethod.type)) {
    const value = { Type: distinguisherMethod.type };
    errors.push(fieldError.notSupported('spec.distinguisherMethod.type', value, METHODS));
  }
  const level = spec.priorityLevelConfiguration?.name ?? '';
  const field = 'spec.priorityLevelConfiguration.name';
  if (level === '') errors.push(fieldError.required(field, 'must reference a priority level'));
  else errors.push(...invalidEach(field, level, isDNS1123Subdomain(level)));
  return [...errors, ...(rules ?? []).flatMap((rule, index) => validateRule(rule, `spec.rules[${index}]`))];
}

function validateRule({ subjects, resourceRules = [], nonResourceRules = [] }: Rule, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!subjects?.length) {
    errors.push(fieldError.required(`${field}.subjects`, 'subjects must contain at least one value'));
  } else errors.push(...subjects.flatMap((subject, i) => validateSubject(subject, `${field}.subjects[${i}]`)));
  if (!resourceRules?.length && !nonResourceRules?.length) {
    const detail = 'at least one of resourceRules and nonResourceRules has to be non-empty';
    errors.push(fieldError.required(field, detail));
  }
  return [
    ...errors,
    ...(resourceRules ?? []).flatMap((rule, i) => validateResourceRule(rule, `${field}.resourceRules[${i}]`)),
    ...(nonResourceRules ?? []).flatMap((rule, i) => validateNonResourceRule(rule, `${field}.nonResourceRules[${i}]`)),
  ];
}

const PARTS = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function validateSubject(subject: Subject, field: string): FieldError[] {
  const { kind = '' } = subject;
  if (!Object.hasOwn(PARTS, kind)) return [fieldError.notSupported(`${field}.kind`, kind, KINDS)];
  const own = PARTS[kind as keyof typeof PARTS];
  const errors: FieldError[] = [];
  const part = subject[own];
  if (!part) {
    errors.push(fieldError.required(`${field}.${own}`, `${own} is required when subject kind is '${subject.kind}'`));
  } else if (own === 'serviceAccount') {
    errors.push(...validateAccount(part as NonNullable<Subject['serviceAccount']>, `${field}.${own}`));
  } else if (!part.name) errors.push(fieldError.required(`${field}.${own}.name`));
  for (const [kind, other] of Object.entries(PARTS)) {
    if (other === own || !subject[other]) continue;
    errors.push(fieldError.forbidden(`${field}.${other}`, `${other} is forbidden when subject kind is not '${kind}'`));
  }
  return errors;
}

function validateAccount({ name, namespace }: NonNullable<Subject['serviceAccount']>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!name) errors.push(fieldError.required(`${field}.name`));
  else if (name !== '*') errors.push(...invalidEach(`${field}.name`, name, isDNS1123Subdomain(name)));
  if (!namespace) {
    errors.push(fieldError.required(`${field}.namespace`, 'must specify namespace for service account'));
  } else errors.push(...invalidEach(`${field}.namespace`, namespace, isDNS1123Label(namespace)));
  return errors;
}

const hasWildcard = (list: readonly string[]): boolean => list.includes('*');

function validateVerbs(verbs: readonly string[] = [], field: string): FieldError[] {
  if (verbs.length === 0) return [fieldError.required(field, 'verbs must contain at least one value')];
  if (hasWildcard(verbs)) return validateAlone(verbs, field, 'verbs');
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [fieldError.notSupported(field, verbs, VERBS)];
}

/** `*` must be the only member. */
function validateAlone(list: readonly string[], field: string, noun: string): FieldError[] {
  if (!hasWildcard(list) || list.length === 1) return [];
  return [fieldError.invalid(field, list, `if '*' is present, must not specify other ${noun}`)];
}

function validateResourceRule(rule: ResourceRule, field: string): FieldError[] {
  const { verbs, apiGroups = [], resources = [], namespaces = [], clusterScope } = rule;
  const named = (list: readonly string[], part: string, one: string, noun: string): FieldError[] =>
    list.length === 0
      ? [fieldError.required(`${field}.${part}`, `resource rules must supply at least one ${one}`)]
      : validateAlone(list, `${field}.${part}`, noun);
  const errors = [
    ...validateVerbs(verbs, `${field}.verbs`),
    ...named(apiGroups, 'apiGroups', 'api group', 'api groups'),
    ...named(resources, 'resources', 'resource', 'resources'),
  ];
  const at = `${field}.namespaces`;
  if (namespaces.length === 0 && !clusterScope) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(fieldError.required(at, detail));
  } else if (hasWildcard(namespaces)) errors.push(...validateAlone(namespaces, at, 'namespaces'));
  else {
    for (const [index, namespace] of namespaces.entries()) {
      const problems = isDNS1123Label(namespace).map(
        (text) => `each member of this list must be '*' or a DNS-1123 label; ${text}`,
      );
      errors.push(...invalidEach(`${at}[${index}]`, namespace, problems));
    }
  }
  return errors;
}

function validateNonResourceRule({ verbs, nonResourceURLs = [] }: NonResourceRule, field: string): FieldError[] {
  const at = `${field}.nonResourceURLs`;
  const errors = validateVerbs(verbs, `${field}.verbs`);
  if (nonResourceURLs.length === 0) {
    errors.push(fieldError.required(at, 'nonResourceURLs must contain at least one value'));
  } else if (hasWildcard(nonResourceURLs)) errors.push(...validateAlone(nonResourceURLs, at, 'non-resource URLs'));
  else errors.push(...nonResourceURLs.flatMap((url, index) => validateURL(url, `${at}[${index}]`)));
  return errors;
}

function validateURL(url: string, field: string): FieldError[] {
  const refuse = (detail: string): FieldError[] => [fieldError.invalid(field, url, detail)];
  if (url === '') return refuse('must not be empty');
  if (url === '/') return [];
  if (!url.startsWith('/')) return refuse('must start with slash');
  if (url.includes(' ')) return refuse('must not contain white-space');
  if (url.includes('//')) return refuse('must not contain double slash');
  const stars = url.split('*').length - 1;
  if (stars > 1 || (stars === 1 && !url.endsWith('/*'))) return refuse('wildcard can only do suffix matching');
  return [];
}
