/** Probes and lifecycle hooks (`validateProbe`, `validateHandler`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { Container, Probe } from '../../../types.ts';
import { invalidEach, validateEnum, validateNonNegative } from '../../validation/fields.ts';
import { validatePortNumber, validatePortNumberOrName } from '../../validation/ports.ts';

type Hook = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;
type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<Hook, 'sleep'>;
type HTTPGet = NonNullable<Probe['httpGet']>;

const HEADER_TEXT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
const COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

function validateHTTPGet({ path, port, scheme, httpHeaders }: HTTPGet, field: string): FieldError[] {
  const errors = path ? [] : [fieldError.required(`${field}.path`)];
  errors.push(...validatePortNumberOrName(port, `${field}.port`));
  errors.push(...validateEnum(scheme, ['HTTP', 'HTTPS'], `${field}.scheme`));
  for (const { name } of httpHeaders ?? []) {
    errors.push(...invalidEach(`${field}.httpHeaders`, name, /^[-A-Za-z0-9]+$/.test(name) ? [] : [HEADER_TEXT]));
  }
  return errors;
}

function validateSleep(seconds: number, grace: number | undefined, field: string): FieldError[] {
  if (seconds >= 0 && (grace === undefined || seconds <= grace)) return [];
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace ?? 'unset'})`;
  return [fieldError.invalid(field, seconds, detail)];
}

/** `grace`: the pod's, in seconds. */
function validateHandler(handler: Handler, grace: number | undefined, field: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const [first, ...others] = Object.entries({ exec, httpGet, tcpSocket, grpc, sleep }).filter(([, action]) => action);
  if (!first) return [fieldError.required(field, 'must specify a handler type')];
  const errors: FieldError[] = [];
  const at = `${field}.${first[0]}`;
  if (exec) {
    if (!exec.command?.length) errors.push(fieldError.required(`${at}.command`));
  } else if (httpGet) errors.push(...validateHTTPGet(httpGet, at));
  else if (tcpSocket) errors.push(...validatePortNumberOrName(tcpSocket.port, `${at}.port`));
  else if (grpc) errors.push(...validatePortNumber(grpc.port, `${at}.port`));
  else if (sleep) errors.push(...validateSleep(sleep.seconds, grace, at));
  for (const [name] of others) {
    errors.push(fieldError.forbidden(`${field}.${name}`, 'may not specify more than 1 handler type'));
  }
  return errors;
}

function validateProbe(probe: Probe, grace: number | undefined, field: string): FieldError[] {
  const errors = validateHandler(probe, grace, field);
  for (const count of COUNTS) errors.push(...validateNonNegative(probe[count], `${field}.${count}`));
  const own = probe.terminationGracePeriodSeconds;
  if (own !== undefined && own <= 0) {
    errors.push(fieldError.invalid(`${field}.terminationGracePeriodSeconds`, own, 'must be greater than 0'));
  }
  return errors;
}

export function validateLifecycle(
  lifecycle: Container['lifecycle'],
  grace: number | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (lifecycle?.postStart) errors.push(...validateHandler(lifecycle.postStart, grace, `${field}.postStart`));
  if (lifecycle?.preStop) errors.push(...validateHandler(lifecycle.preStop, grace, `${field}.preStop`));
  return errors;
}

/** The three probes of a container, in upstream's order. */
export function validateProbes(
  { livenessProbe, readinessProbe, startupProbe }: Container,
  grace: number | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const onceOnly = (probe: Probe | undefined, name: string) => {
    if (!probe) return;
    errors.push(...validateProbe(probe, grace, `${field}.${name}`));
    if (probe.successThreshold !== 1) {
      errors.push(fieldError.invalid(`${field}.${name}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
    }
  };
  onceOnly(livenessProbe, 'livenessProbe');
  if (readinessProbe) {
    errors.push(...validateProbe(readinessProbe, grace, `${field}.readinessProbe`));
    const own = readinessProbe.terminationGracePeriodSeconds;
    if (own !== undefined) {
      const at = `${field}.readinessProbe.terminationGracePeriodSeconds`;
      errors.push(fieldError.invalid(at, own, 'must not be set for readinessProbes'));
    }
  }
  onceOnly(startupProbe, 'startupProbe');
  return errors;
}
