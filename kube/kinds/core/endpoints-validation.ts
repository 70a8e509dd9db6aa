/** `ValidateEndpoints` in `pkg/apis/core/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isQualifiedName } from '../../machinery/names.ts';
import type { Endpoints } from '../../types.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';
import { isIP, validateEndpointIP, validateIP } from '../validation/ip.ts';
import { PROTOCOLS, validatePortNumber } from '../validation/ports.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

function validateAddress({ ip = '', hostname, nodeName }: Address, field: string): FieldError[] {
  return [
    ...validateIP(ip, `${field}.ip`),
    ...(hostname ? invalidEach(`${field}.hostname`, hostname, isDNS1123Label(hostname)) : []),
    ...(nodeName === undefined ? [] : invalidEach(`${field}.nodeName`, nodeName, isDNS1123Subdomain(nodeName))),
    // Upstream says of text that is no address a second time that it is none.
    ...(isIP(ip)
      ? validateEndpointIP(ip, `${field}.ip`)
      : [fieldError.invalid(`${field}.ip`, ip, 'must be a valid IP address')]),
  ];
}

function validatePort({ name, port, protocol, appProtocol }: Port, nameRequired: boolean, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (name) errors.push(...invalidEach(`${field}.name`, name, isDNS1123Label(name)));
  else if (nameRequired) errors.push(fieldError.required(`${field}.name`));
  errors.push(...validatePortNumber(port, `${field}.port`), ...validateEnum(protocol, PROTOCOLS, `${field}.protocol`));
  if (appProtocol !== undefined) {
    errors.push(...invalidEach(`${field}.appProtocol`, appProtocol, isQualifiedName(appProtocol)));
  }
  return errors;
}

export function validateEndpoints({ subsets = [] }: Endpoints): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, subset] of subsets.entries()) {
    const field = `subsets[${index}]`;
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(fieldError.required(field, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [i, address] of addresses.entries())
      errors.push(...validateAddress(address, `${field}.addresses[${i}]`));
    for (const [i, address] of notReadyAddresses.entries()) {
      errors.push(...validateAddress(address, `${field}.notReadyAddresses[${i}]`));
    }
    for (const [i, port] of ports.entries()) {
      errors.push(...validatePort(port, ports.length > 1, `${field}.ports[${i}]`));
    }
  }
  return errors;
}
