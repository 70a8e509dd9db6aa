/** The claims of a pod, and the references of its containers to them (`validatePodResourceClaims`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../machinery/names.ts';
import type { PodSpec, ResourceRequirements } from '../../../types.ts';
import { invalidEach } from '../../validation/fields.ts';

type Claim = NonNullable<PodSpec['resourceClaims']>[number];

function validateClaim(claim: Claim, isDoubled: boolean, field: string): FieldError[] {
  const { name, resourceClaimName, resourceClaimTemplateName } = claim;
  const errors: FieldError[] = [];
  if (!name) errors.push(fieldError.required(`${field}.name`));
  else if (isDoubled) errors.push(fieldError.duplicate(`${field}.name`, name));
  else errors.push(...invalidEach(`${field}.name`, name, isDNS1123Label(name)));
  const shown = {
    Name: name ?? '',
    ResourceClaimName: resourceClaimName ?? null,
    ResourceClaimTemplateName: resourceClaimTemplateName ?? null,
  };
  const isBoth = resourceClaimName !== undefined && resourceClaimTemplateName !== undefined;
  if (isBoth) {
    const detail = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
    errors.push(fieldError.invalid(field, shown, detail));
  } else if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
    const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
    errors.push(fieldError.invalid(field, shown, detail));
  }
  for (const [at, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) {
    if (value !== undefined) errors.push(...invalidEach(`${field}.${at}`, value, isDNS1123Subdomain(value)));
  }
  return errors;
}

export function validateResourceClaims(
  { resourceClaims = [] }: PodSpec,
  isMirror: boolean,
  field: string,
): FieldError[] {
  // A pod that a kubelet has read from a file has none in the API (one error for each).
  if (isMirror)
    return resourceClaims.map(() => fieldError.forbidden('[]', 'static pods do not support resource claims'));
  const seen = new Set<string>();
  return resourceClaims.flatMap((claim, index) => {
    const errors = validateClaim(claim, seen.has(claim.name), `${field}[${index}]`);
    if (claim.name) seen.add(claim.name);
    return errors;
  });
}

/** The claims that containers can refer to, found once for all of them. */
export interface ClaimNames {
  known: ReadonlySet<string>;
  /** The words about a claim that is none of them. */
  missing: string;
}

export function claimNames({ resourceClaims = [] }: PodSpec): ClaimNames {
  const known = new Set(resourceClaims.map(({ name }) => name));
  const which = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
  return { known, missing: `must be one of the names in pod.spec.resourceClaims${which}` };
}

/** `validateResourceClaimNames` */
export function validateClaimReferences(
  resources: ResourceRequirements | undefined,
  { known, missing }: ClaimNames,
  field: string,
): FieldError[] {
  /** The requests of each claim that was named; '' is the claim as a whole. */
  const named = new Map<string, Set<string>>();
  return (resources?.claims ?? []).flatMap(({ name, request = '' }, index) => {
    const at = `${field}[${index}]`;
    if (!name) return [fieldError.required(at)];
    const requests = named.get(name) ?? new Set();
    named.set(name, requests);
    const errors: FieldError[] = [];
    if (requests.has('')) errors.push(fieldError.duplicate(at, name));
    else {
      if (request) errors.push(...invalidEach(`${at}.request`, request, isDNS1123Label(request)));
      if (requests.has(request)) errors.push(fieldError.duplicate(at, `${name}/${request}`));
      else if (request === '') errors.push(...Array.from(requests, () => fieldError.duplicate(at, name)));
      requests.add(request);
    }
    return known.has(name) ? errors : [...errors, { ...fieldError.notFound(at, name), detail: missing }];
  });
}
