/** `ValidateIngressCreate` in `pkg/apis/networking/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isPathSegmentName, isValidPortName } from '../../machinery/names.ts';
import type { Ingress } from '../../types.ts';
import { invalidEach } from '../validation/fields.ts';
import { isIP } from '../validation/ip.ts';
import { validatePortNumber } from '../validation/ports.ts';

type Spec = NonNullable<Ingress['spec']>;
type Backend = NonNullable<Spec['defaultBackend']>;
type Path = NonNullable<NonNullable<NonNullable<Spec['rules']>[number]['http']>['paths']>[number];

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_SUFFIXES = ['/..', '/.'];
const WILDCARD_TEXT =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function validateHost(host: string, field: string): FieldError[] {
  if (!host.includes('*')) return invalidEach(field, host, isDNS1123Subdomain(host));
  const good = host.startsWith('*.') && isDNS1123Subdomain(host.slice(2)).length === 0;
  return good ? [] : [fieldError.invalid(field, host, WILDCARD_TEXT)];
}

function validateBackend({ resource, service }: Backend, field: string): FieldError[] {
  if (resource && service) return [fieldError.invalid(field, '', 'cannot set both resource and service backends')];
  if (!resource && !service) return [fieldError.invalid(field, '', 'resource or service backend is required')];
  const errors: FieldError[] = [];
  if (resource) {
    const { apiGroup, kind, name } = resource;
    const at = `${field}.resource`;
    if (apiGroup !== undefined) errors.push(...invalidEach(`${at}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup)));
    if (kind) errors.push(...invalidEach(`${at}.kind`, kind, isPathSegmentName(kind)));
    else errors.push(fieldError.required(`${at}.kind`));
    if (name) errors.push(...invalidEach(`${at}.name`, name, isPathSegmentName(name)));
    else errors.push(fieldError.required(`${at}.name`));
  }
  if (!service) return errors;
  const at = `${field}.service`;
  if (!service.name) errors.push(fieldError.required(`${at}.name`));
  else errors.push(...invalidEach(`${at}.name`, service.name, isDNS1123Label(service.name)));
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(fieldError.invalid(field, '', 'cannot set both port name & port number'));
  else if (name) errors.push(...invalidEach(`${at}.port.name`, name, isValidPortName(name)));
  else if (number) errors.push(...validatePortNumber(number, `${at}.port.number`));
  else errors.push(fieldError.required(field, 'port name or number is required'));
  return errors;
}

function validatePath({ path = '', pathType, backend }: Path, field: string): FieldError[] {
  if (pathType === undefined) return [fieldError.required(`${field}.pathType`, 'pathType must be specified')];
  const errors: FieldError[] = [];
  const invalid = (detail: string) => errors.push(fieldError.invalid(`${field}.path`, path, detail));
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) invalid('must be an absolute path');
    for (const part of BAD_SEQUENCES) if (path.includes(part)) invalid(`must not contain '${part}'`);
    for (const suffix of BAD_SUFFIXES) if (path.endsWith(suffix)) invalid(`cannot end with '${suffix}'`);
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) invalid('must be an absolute path');
  } else {
    const supported = ['Exact', 'ImplementationSpecific', 'Prefix'];
    errors.push(fieldError.notSupported(`${field}.pathType`, pathType, supported));
  }
  return [...errors, ...validateBackend(backend ?? {}, `${field}.backend`)];
}

function validateRules({ rules = [] }: Spec): FieldError[] {
  return rules.flatMap(({ host, http }, index) => {
    const field = `spec.rules[${index}]`;
    const errors: FieldError[] = [];
    if (host) {
      if (isIP(host)) {
        errors.push(fieldError.invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'));
      }
      errors.push(...validateHost(host, `${field}.host`));
    }
    if (!http) return errors;
    if (!http.paths?.length) errors.push(fieldError.required(`${field}.http.paths`));
    for (const [at, path] of (http.paths ?? []).entries()) {
      errors.push(...validatePath(path, `${field}.http.paths[${at}]`));
    }
    return errors;
  });
}

export function validateIngress({ spec = {}, metadata }: Ingress): FieldError[] {
  const { rules = [], defaultBackend, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && !defaultBackend) {
    errors.push(fieldError.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'));
  errors.push(...validateRules(spec));
  for (const [index, { hosts = [], secretName }] of (spec.tls ?? []).entries()) {
    const field = `spec.tls[${index}]`;
    for (const [at, host] of hosts.entries()) errors.push(...validateHost(host, `${field}.hosts[${at}]`));
    if (secretName) errors.push(...invalidEach(`${field}.secretName`, secretName, isDNS1123Subdomain(secretName)));
  }
  if (ingressClassName !== undefined) {
    errors.push(...invalidEach('spec.ingressClassName', ingressClassName, isDNS1123Subdomain(ingressClassName)));
    const annotation = metadata.annotations?.[CLASS_ANNOTATION];
    if (annotation !== undefined && annotation !== ingressClassName && !metadata.resourceVersion) {
      const detail = 'must match `ingressClassName` when both are specified';
      errors.push(fieldError.invalid(`annotations.${CLASS_ANNOTATION}`, annotation, detail));
    }
  }
  return errors;
}
