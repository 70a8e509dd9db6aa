/** Extenders of a configuration (`scheduler.go`, buildExtenders; `validation.go`, validateExtenders). */
import { isExtendedName } from '../../../kube/kinds/core/pod-spec/resources.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { parseDuration } from '../../../kube/machinery/go-duration.ts';
import { isQualifiedName } from '../../../kube/machinery/names.ts';
import type { Extender, ExtenderTls } from '../extenders/extender.ts';
import { ConfigurationError } from './decode.ts';
import type { ConfiguredExtender } from './types.ts';

const { invalid, forbidden } = fieldError;
const DEFAULT_TIMEOUT_MS = 5000;
/** A call without an end of its own, as a negative timeout asks for, and one of many days are given up after this. */
const MAX_TIMEOUT_MS = 10 * 60_000;
/** Fields for files, which a scheduler with a disk reads, and the fields for their content. */
const FILES = { certFile: 'certData', keyFile: 'keyData', caFile: 'caData' } as const;

export function validateExtenders(extenders: readonly ConfiguredExtender[]): FieldError[] {
  const errors: FieldError[] = [];
  const known = new Set<string>();
  for (const [i, { prioritizeVerb, weight = 0, managedResources = [], tlsConfig = {} }] of extenders.entries()) {
    const path = `extenders[${i}]`;
    if (prioritizeVerb && weight <= 0) {
      errors.push(invalid(`${path}.weight`, weight, 'must have a positive weight applied to it'));
    }
    for (const [j, { name = '' }] of managedResources.entries()) {
      const at = `${path}.managedResources[${j}].name`;
      const wrong = isQualifiedName(name);
      errors.push(...wrong.map((text) => invalid(at, name, text)));
      if (wrong.length === 0 && !isExtendedName(name)) {
        errors.push(invalid(at, name, 'is an invalid extended resource name'));
      }
      if (known.has(name)) errors.push(invalid(at, name, 'duplicate extender managed resource name'));
      known.add(name);
    }
    for (const [file, data] of Object.entries(FILES)) {
      if (!tlsConfig[file as keyof typeof FILES]) continue;
      errors.push(forbidden(`${path}.tlsConfig.${file}`, `there are no files here: give its content in ${data}`));
    }
  }
  const binders = extenders.filter(({ bindVerb }) => bindVerb).length;
  if (binders > 1) {
    errors.push(
      invalid('extenders', `found ${binders} extenders implementing bind`, 'only one extender can implement bind'),
    );
  }
  return errors;
}

/** Those that may be ignored come last. Throws a {@link ConfigurationError}. */
export function extendersOf(configured: readonly ConfiguredExtender[]): Extender[] {
  const made = configured.map(extenderOf);
  return [...made.filter(({ ignorable }) => !ignorable), ...made.filter(({ ignorable }) => ignorable)];
}

/** Resources that extenders look after, and the scheduler's own plugin does not. */
export function ignoredResources(configured: readonly ConfiguredExtender[]): string[] {
  return configured.flatMap(({ managedResources = [] }) =>
    managedResources.filter(({ ignoredByScheduler }) => ignoredByScheduler).map(({ name = '' }) => name),
  );
}

function extenderOf(configured: ConfiguredExtender): Extender {
  const { urlPrefix = '', filterVerb, prioritizeVerb, preemptVerb, bindVerb, weight = 0 } = configured;
  const verbs = { filter: filterVerb, prioritize: prioritizeVerb, preempt: preemptVerb, bind: bindVerb };
  return {
    urlPrefix,
    verbs: Object.fromEntries(Object.entries(verbs).filter(([, path]) => path)),
    weight,
    timeoutMs: timeoutOf(configured.httpTimeout ?? '0s'),
    nodeCacheCapable: configured.nodeCacheCapable ?? false,
    managedResources: new Set(configured.managedResources?.map(({ name = '' }) => name)),
    ignorable: configured.ignorable ?? false,
    tls: tlsOf(configured),
  };
}

function timeoutOf(text: string): number {
  const nanoseconds = Number(parseDuration(text));
  if (nanoseconds === 0) return DEFAULT_TIMEOUT_MS;
  return nanoseconds < 0 ? MAX_TIMEOUT_MS : Math.min(MAX_TIMEOUT_MS, Math.ceil(nanoseconds / 1e6));
}

/** `makeTransport`: with HTTPS asked for and no authority, certificates are not checked. */
function tlsOf({ enableHTTPS, tlsConfig = {} }: ConfiguredExtender): ExtenderTls {
  const [caBundle, cert, key] = [tlsConfig.caData, tlsConfig.certData, tlsConfig.keyData].map((data) =>
    data ? pem(data) : undefined,
  );
  const insecure = tlsConfig.insecure || (enableHTTPS && !caBundle);
  if (caBundle && insecure) {
    throw new ConfigurationError(
      "couldn't build extenders: specifying a root certificates file with the insecure flag is not allowed",
    );
  }
  return {
    ...(caBundle ? { caBundle } : {}),
    ...(insecure ? { insecure } : {}),
    ...(tlsConfig.serverName ? { serverName: tlsConfig.serverName } : {}),
    ...(cert && key ? { client: { cert, key } } : {}),
  };
}

function pem(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
