/** `ValidateNode` in `pkg/apis/core/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isValidLabelValue } from '../../machinery/names.ts';
import { goQuote } from '../../machinery/schema/go-names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { Node, Taint } from '../../types.ts';
import { validateEnum } from '../validation/fields.ts';
import { cidrFamily, validateCIDR } from '../validation/ip.ts';
import { validateLabelName } from '../validation/labels.ts';
import { repeated } from '../validation/repeated.ts';
import { validateNodeAnnotations } from './node-annotations.ts';
import { validateQuantityValue } from './pod-spec/resource-requirements.ts';
import { TAINT_EFFECTS } from './pod-spec/scheduling.ts';

/** Upstream says the taints were in the metadata. */
const TAINTS = 'metadata.taints';
const POD_CIDRS = 'spec.podCIDRs';
const MAX_FEATURE = 253;
const FEATURE = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;
const FEATURE_WORDS =
  "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";

function validateTaints(taints: readonly Taint[], at = TAINTS): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, taint] of taints.entries()) {
    const field = `${at}[${index}]`;
    const { key = '', value = '', effect } = taint;
    errors.push(...validateLabelName(key, `${field}.key`));
    const messages = isValidLabelValue(value);
    if (messages.length > 0) errors.push(fieldError.invalid(`${field}.value`, value, messages.join(';')));
    if (!effect) errors.push(fieldError.required(`${field}.effect`));
    else errors.push(...validateEnum(effect, TAINT_EFFECTS, `${field}.effect`));
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null };
      const detail = 'taints must be unique by key and effect pair';
      errors.push({ ...fieldError.duplicate(field, shown), detail });
    }
    seen.add(pair);
  }
  return errors;
}

function validateResources({ status }: Node): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((which) =>
    Object.entries(status?.[which] ?? {}).flatMap(([name, text]) =>
      validateQuantityValue(name, text, name === '' ? `status.${which}[]` : `status.${which}.${name}`),
    ),
  );
}

/** Upstream says the swap was in the metadata. */
function validateSwap({ status }: Node): FieldError[] {
  const { capacity = 1 } = status?.nodeInfo?.swap ?? {};
  return capacity > 0
    ? []
    : [fieldError.invalid('metadata.nodeSwapStatus.capacity', capacity, 'must be greater than zero')];
}

/** One range of each family, at most. */
function validatePodCIDRs(ranges: readonly string[]): FieldError[] {
  const errors = ranges.flatMap((range, index) => validateCIDR(range, `${POD_CIDRS}[${index}]`));
  if (ranges.length < 2) return errors;
  const families = ranges.map(cidrFamily);
  const at = families.indexOf(undefined);
  if (at >= 0) {
    const why = `invalid CIDR[${at}]: <nil> (invalid CIDR address: ${ranges[at]})`;
    const detail = `invalid PodCIDRs. failed to check with dual stack with error:${why}`;
    errors.push({ type: 'InternalError', field: POD_CIDRS, detail });
  }
  if (at >= 0 || ranges.length > 2 || new Set(families).size < 2) {
    errors.push(fieldError.invalid(POD_CIDRS, ranges, 'may specify no more than one CIDR for each IP family'));
  }
  return errors;
}

/** Names of features, sorted, each once. */
function validateFeatures(features: readonly string[], field: string): FieldError[] {
  return features.flatMap((name, index) => {
    const at = `${field}[${index}]`;
    const before = index > 0 ? features[index - 1] : undefined;
    const errors: FieldError[] = [];
    if (before === name) errors.push(fieldError.duplicate(at, name));
    else if (before !== undefined && before > name) {
      errors.push(fieldError.invalid(at, name, 'list must be sorted alphabetically'));
    }
    const fault = `invalid feature name ${goQuote(name)}`;
    if (exceedsUtf8([name], MAX_FEATURE)) {
      errors.push(fieldError.invalid(at, name, `${fault}: must be no more than ${MAX_FEATURE} characters`));
    } else if (!FEATURE.test(name)) errors.push(fieldError.invalid(at, name, `${fault}: ${FEATURE_WORDS}`));
    return errors;
  });
}

export function validateNode(node: Node): FieldError[] {
  const { taints = [], podCIDRs = [] } = node.spec ?? {};
  return [
    ...validateNodeAnnotations(node, validateTaints),
    ...validateTaints(taints),
    ...validateResources(node),
    ...validateSwap(node),
    ...validateFeatures(node.status?.declaredFeatures ?? [], 'status.declaredFeatures'),
    ...validatePodCIDRs(podCIDRs),
  ];
}

function validateAddresses({ status }: Node): FieldError[] {
  const addresses = (status?.addresses ?? []).map(({ type, address }) => ({ Type: type, Address: address }));
  const texts = addresses.map((address) => JSON.stringify(address));
  return Array.from(repeated(texts), (index) => fieldError.duplicate(`status.addresses[${index}]`, addresses[index]));
}

/** Fields that a node was given once stay with it. Addresses are looked at here, as a create takes one twice. */
export function validateNodeUpdate(node: Node, { spec: old = {} }: Node): FieldError[] {
  const { spec: next = {} } = node;
  const errors = validateAddresses(node);
  const ranges = old.podCIDRs ?? [];
  const changed =
    ranges.length !== (next.podCIDRs ?? []).length || ranges.some((cidr, i) => cidr !== next.podCIDRs?.[i]);
  if (ranges.length > 0 && changed) {
    const detail = 'node updates may not change podCIDR except from "" to valid';
    errors.push(fieldError.forbidden(POD_CIDRS, detail));
  }
  if (old.providerID && old.providerID !== next.providerID) {
    const detail = 'node updates may not change providerID except from "" to valid';
    errors.push(fieldError.forbidden('spec.providerID', detail));
  }
  if ((next.externalID ?? '') !== (old.externalID ?? '')) {
    errors.push(fieldError.forbidden('spec.externalID', 'may not be updated'));
  }
  return errors;
}

export function validateNodeStatusUpdate(next: Node, old: Node): FieldError[] {
  const features = validateFeatures(next.status?.declaredFeatures ?? [], 'status.declaredFeatures');
  const annotations = validateNodeAnnotations(next, validateTaints);
  return [...annotations, ...validateResources(next), ...features, ...validateNodeUpdate(next, old)];
}
