/** Ports of containers (`validateContainerPorts`, `AccumulateUniqueHostPorts`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isValidPortName } from '../../../machinery/names.ts';
import type { Container } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { PROTOCOLS, validatePortNumber } from '../../validation/ports.ts';

export function validateContainerPorts(ports: Container['ports'], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name, containerPort, hostPort, protocol }] of (ports ?? []).entries()) {
    const at = `${field}[${index}]`;
    if (name) {
      const messages = isValidPortName(name);
      errors.push(...invalidEach(`${at}.name`, name, messages));
      if (messages.length === 0 && names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (!containerPort) errors.push(fieldError.required(`${at}.containerPort`));
    else errors.push(...validatePortNumber(containerPort, `${at}.containerPort`));
    if (hostPort) errors.push(...validatePortNumber(hostPort, `${at}.hostPort`));
    errors.push(...validateEnum(protocol, PROTOCOLS, `${at}.protocol`));
  }
  return errors;
}

/** No two ports may want the same one of the host. */
export function validateHostPorts(containers: readonly Container[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { ports }] of containers.entries()) {
    for (const [at, { protocol, hostIP, hostPort }] of (ports ?? []).entries()) {
      if (!hostPort) continue;
      const wanted = `${protocol}/${hostIP ?? ''}/${hostPort}`;
      if (seen.has(wanted)) errors.push(fieldError.duplicate(`${field}[${index}].ports[${at}].hostPort`, wanted));
      seen.add(wanted);
    }
  }
  return errors;
}
