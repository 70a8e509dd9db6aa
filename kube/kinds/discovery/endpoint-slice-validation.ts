/** `ValidateEndpointSlice` in `pkg/apis/discovery/validation/validation.go` */
import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isQualifiedName, isValidLabelValue } from '../../machinery/names.ts';
import type { Endpoint, EndpointSlice } from '../../types.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { isIPv4, isIPv6, validateCanonicalIP, validateEndpointIP, validateIP } from '../validation/ip.ts';
import { validateLabels } from '../validation/labels.ts';
import { PROTOCOLS } from '../validation/ports.ts';
import { repeated } from '../validation/repeated.ts';

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_HINTS = 8;
const MAX_PORTS = 20_000;
const TYPES = ['FQDN', 'IPv4', 'IPv6'];

function validateAddress(address: string, type: string, field: string, index: number): FieldError[] {
  const at = `${field}[${index}]`;
  if (type === 'FQDN') {
    const messages = isDNS1123Subdomain(address);
    if (messages.length > 0) return invalidEach(at, address, messages);
    if (address.includes('.')) return [];
    return [fieldError.invalid(at, address, 'should be a domain with at least two segments separated by dots')];
  }
  const malformed = type === 'IPv4' ? validateIP(address, at) : validateCanonicalIP(address, at);
  if (malformed.length > 0) return malformed;
  const right = type === 'IPv4' ? isIPv4(address) : isIPv6(address);
  const family = right ? [] : [fieldError.invalid(field, address, `must be an ${type} address`)];
  return [...family, ...validateEndpointIP(address, at)];
}

/** The names of `forZones` and `forNodes` (`validateHints`). */
function validateHintNames(
  hints: readonly { name?: string }[] | undefined,
  check: (name: string) => string[],
  field: string,
): FieldError[] {
  const names = (hints ?? []).map(({ name = '' }) => name);
  if (names.length > MAX_HINTS) return [fieldError.tooMany(field, names.length, MAX_HINTS)];
  const twice = repeated(names);
  return names.flatMap((name, index) => {
    const at = `${field}[${index}].name`;
    return [...(twice.has(index) ? [fieldError.duplicate(at, name)] : []), ...invalidEach(at, name, check(name))];
  });
}

function validateEndpoint(endpoint: Endpoint, type: string, field: string): FieldError[] {
  const { addresses = [], nodeName, hostname, deprecatedTopology, hints } = endpoint;
  const at = `${field}.addresses`;
  const errors: FieldError[] = [];
  if (addresses.length === 0) errors.push(fieldError.required(at, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) errors.push(fieldError.tooMany(at, addresses.length, MAX_ADDRESSES));
  if (TYPES.includes(type)) {
    for (const [index, address] of addresses.entries()) errors.push(...validateAddress(address, type, at, index));
  }
  if (nodeName !== undefined) errors.push(...invalidEach(`${field}.nodeName`, nodeName, isDNS1123Subdomain(nodeName)));
  errors.push(...validateLabels(deprecatedTopology, `${field}.deprecatedTopology`));
  if (hostname !== undefined) errors.push(...invalidEach(`${field}.hostname`, hostname, isDNS1123Label(hostname)));
  errors.push(...validateHintNames(hints?.forZones, isValidLabelValue, `${field}.hints.forZones`));
  errors.push(...validateHintNames(hints?.forNodes, isDNS1123Subdomain, `${field}.hints.forNodes`));
  return errors;
}

function validatePorts(ports: NonNullable<EndpointSlice['ports']>): FieldError[] {
  if (ports.length > MAX_PORTS) return [fieldError.tooMany('ports', ports.length, MAX_PORTS)];
  const twice = repeated(ports.map(({ name }) => name ?? ''));
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const field = `ports[${index}]`;
    return [
      ...(name === '' ? [] : invalidEach(`${field}.name`, name, isDNS1123Label(name))),
      ...(twice.has(index) ? [fieldError.duplicate(`${field}.name`, name)] : []),
      ...validateEnum(protocol, PROTOCOLS, `${field}.protocol`),
      ...(appProtocol === undefined
        ? []
        : invalidEach(`${field}.appProtocol`, appProtocol, isQualifiedName(appProtocol))),
    ];
  });
}

/** Endpoints that an update leaves alone are taken as they are. */
export function validateEndpointSlice(next: EndpointSlice, old?: EndpointSlice): FieldError[] {
  const { addressType = '', ports, endpoints = [] } = next;
  const errors = addressType ? validateEnum(addressType, TYPES, 'addressType') : [fieldError.required('addressType')];
  errors.push(...validatePorts(ports ?? []));
  const found = validateEndpoints(endpoints, addressType);
  if (found.length === 0 || (old && sameJson(endpoints, old.endpoints ?? []))) return errors;
  return [...errors, ...found];
}

function validateEndpoints(endpoints: readonly Endpoint[], type: string): FieldError[] {
  if (endpoints.length > MAX_ENDPOINTS) return [fieldError.tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, index) => validateEndpoint(endpoint, type, `endpoints[${index}]`));
}

export function validateEndpointSliceUpdate(next: EndpointSlice, old: EndpointSlice): FieldError[] {
  return validateImmutable(next.addressType, old.addressType, 'addressType');
}
