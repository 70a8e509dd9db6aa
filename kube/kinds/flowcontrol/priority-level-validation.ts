/** Upstream `pkg/apis/flowcontrol/validation/validation.go`: priority levels. */
import { EXEMPT, MANDATORY_PRIORITY_LEVELS } from '../../flowcontrol/bootstrap.ts';
import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { PriorityLevelConfiguration } from '../../types.ts';
import { validateConditions } from './flow-schema-validation.ts';

type Spec = NonNullable<PriorityLevelConfiguration['spec']>;
type Limited = NonNullable<Spec['limited']>;
type LimitResponse = NonNullable<Limited['limitResponse']>;
type Queuing = NonNullable<LimitResponse['queuing']>;

const MAX_QUEUES = 10_000_000;
/** Of the hash by which upstream deals queues to flows (`shufflesharding.MaxHashBits`). */
const MAX_HASH_BITS = 60;
/** Of v1beta3, which writes a share of zero in it. */
const PRESERVES_ZERO = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

export function validatePriorityLevel({ metadata, spec, status }: PriorityLevelConfiguration): FieldError[] {
  const { name = '', annotations } = metadata;
  const errors: FieldError[] = [];
  if (annotations && Object.hasOwn(annotations, PRESERVES_ZERO)) {
    errors.push(fieldError.forbidden('metadata.annotations', `annotation '${PRESERVES_ZERO}' is forbidden`));
  }
  return [
    ...errors,
    ...validateSpec(name, spec ?? ({} as Spec)),
    ...validateMandatory(name, spec),
    ...validateConditions(status?.conditions, 'status.conditions'),
  ];
}

/** Of `exempt`, the shares alone may be changed. */
function validateMandatory(name: string, spec: Spec | undefined): FieldError[] {
  const mandatory = MANDATORY_PRIORITY_LEVELS.get(name);
  if (!mandatory) return [];
  const isExempt = name === EXEMPT;
  if (sameJson(isExempt ? { ...spec, exempt: mandatory.exempt } : spec, mandatory)) return [];
  const but = isExempt ? " except the 'spec.exempt' field" : '';
  return [fieldError.invalid('spec', spec, `spec of '${name}'${but} must equal the fixed value`)];
}

function validateSpec(name: string, { type = '', limited, exempt }: Spec): FieldError[] {
  const errors: FieldError[] = [];
  if ((name === EXEMPT) !== (type === 'Exempt')) {
    errors.push(fieldError.invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  }
  if (type === 'Exempt') {
    if (limited) errors.push(fieldError.forbidden('spec.limited', 'must be nil if the type is not Limited'));
    if (exempt) errors.push(...validateShares(exempt, 'spec.exempt'));
  } else if (type === 'Limited') {
    if (exempt) errors.push(fieldError.forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited) errors.push(...validateLimited(limited));
    else errors.push(fieldError.required('spec.limited', 'must not be empty when type is Limited'));
  } else if (type === '') errors.push(fieldError.required('spec.type'));
  else errors.push(fieldError.notSupported('spec.type', type, ['Exempt', 'Limited']));
  return errors;
}

function validateLimited(limited: Limited): FieldError[] {
  const { nominalConcurrencyShares, lendablePercent, borrowingLimitPercent, limitResponse } = limited;
  const field = 'spec.limited';
  const errors = [
    ...validateShares({ nominalConcurrencyShares }, field),
    ...validateLimitResponse(limitResponse ?? ({} as LimitResponse), `${field}.limitResponse`),
    ...validateShares({ lendablePercent }, field),
  ];
  if (typeof borrowingLimitPercent === 'number' && borrowingLimitPercent < 0) {
    const detail = 'if specified, must be a non-negative integer';
    errors.push(fieldError.invalid(`${field}.borrowingLimitPercent`, borrowingLimitPercent, detail));
  }
  return errors;
}

interface Shares {
  nominalConcurrencyShares?: number;
  lendablePercent?: number;
}

function validateShares({ nominalConcurrencyShares = 0, lendablePercent = 0 }: Shares, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (nominalConcurrencyShares < 0) {
    const at = `${field}.nominalConcurrencyShares`;
    errors.push(fieldError.invalid(at, nominalConcurrencyShares, 'must be a non-negative integer'));
  }
  if (lendablePercent < 0 || lendablePercent > 100) {
    errors.push(
      fieldError.invalid(`${field}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive'),
    );
  }
  return errors;
}

function validateLimitResponse({ type = '', queuing }: LimitResponse, field: string): FieldError[] {
  if (type === 'Reject') {
    const detail = 'must be nil if limited.limitResponse.type is not Limited';
    return queuing ? [fieldError.forbidden(`${field}.queuing`, detail)] : [];
  }
  if (type === 'Queue') {
    const detail = 'must not be empty if limited.limitResponse.type is Limited';
    return queuing ? validateQueuing(queuing, `${field}.queuing`) : [fieldError.required(`${field}.queuing`, detail)];
  }
  if (type === '') return [fieldError.required(`${field}.type`)];
  return [fieldError.notSupported(`${field}.type`, type, ['Queue', 'Reject'])];
}

function validateQueuing({ queueLengthLimit = 0, queues = 0, handSize = 0 }: Queuing, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (queueLengthLimit <= 0) {
    errors.push(fieldError.invalid(`${field}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  }
  if (queues <= 0) errors.push(fieldError.invalid(`${field}.queues`, queues, 'must be positive'));
  else if (queues > MAX_QUEUES) {
    errors.push(fieldError.invalid(`${field}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  }
  const refuse = (detail: string) => errors.push(fieldError.invalid(`${field}.handSize`, handSize, detail));
  const entropy = Math.ceil(Math.log2(queues) * handSize);
  if (handSize <= 0) refuse('must be positive');
  else if (handSize > queues) refuse(`should not be greater than queues (${queues})`);
  else if (entropy > MAX_HASH_BITS) {
    const limit = `should not be greater than ${MAX_HASH_BITS}`;
    refuse(`required entropy bits of deckSize ${queues} and handSize ${handSize} ${limit}`);
  }
  return errors;
}
