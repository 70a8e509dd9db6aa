import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isPathSegmentName } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { IngressClass } from '../../types.ts';
import { ageColumn, column } from '../columns/column.ts';
import { classNameColumn } from '../columns/default-class.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { validateDomainPath } from '../validation/domain-path.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';

function parameters({ spec }: IngressClass): string {
  const reference = spec?.parameters;
  if (!reference) return NONE;
  const group = typeof reference.apiGroup === 'string' ? `.${reference.apiGroup}` : '';
  return `${reference.kind}${group}/${reference.name}`;
}

const MAX_CONTROLLER = 250;

function validateSegment(value: string | undefined, field: string): FieldError[] {
  return value ? invalidEach(field, value, isPathSegmentName(value)) : [fieldError.required(field)];
}

/** `validateIngressClassSpec` */
function validate({ spec = {} }: IngressClass): FieldError[] {
  const { controller = '', parameters } = spec;
  const errors = exceedsUtf8([controller], MAX_CONTROLLER)
    ? [fieldError.tooLong('spec.controller', MAX_CONTROLLER)]
    : [];
  errors.push(...validateDomainPath(controller, 'spec.controller'));
  if (!parameters) return errors;
  const { apiGroup, kind, name, scope, namespace } = parameters;
  const field = 'spec.parameters';
  if (apiGroup !== undefined) errors.push(...invalidEach(`${field}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup)));
  errors.push(...validateSegment(kind, `${field}.kind`), ...validateSegment(name, `${field}.name`));
  errors.push(...validateEnum(scope, ['Cluster', 'Namespace'], `${field}.scope`));
  const at = `${field}.namespace`;
  if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(fieldError.required(at, "`parameters.scope` is set to 'Namespace'"));
    else errors.push(...invalidEach(at, namespace, isDNS1123Label(namespace)));
  } else if (scope === 'Cluster' && namespace !== undefined) {
    errors.push(fieldError.forbidden(at, "`parameters.scope` is set to 'Cluster'"));
  }
  return errors;
}

export const ingressClass = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  support: 'stored',
  generation: true,
  columns: [
    classNameColumn('ingressclass.kubernetes.io/is-default-class'),
    column<IngressClass>('Controller', 'Which controller handles the class.', ({ spec }) => spec?.controller ?? ''),
    column('Parameters', 'Object with more parameters.', parameters),
    ageColumn,
  ],
  strategy: {
    validate,
    changesFirst: true,
    validateUpdate: (next, old) =>
      validateImmutable(next.spec?.controller ?? '', old.spec?.controller, 'spec.controller'),
    applyDefaults({ spec }) {
      if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
    },
  },
});
