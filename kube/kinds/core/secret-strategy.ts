/** `pkg/registry/core/secret`, `ValidateSecret` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isConfigMapKey } from '../../machinery/names.ts';
import type { Secret } from '../../types.ts';
import type { Strategy } from '../define.ts';
import { base64Size, fromBase64, toBase64 } from '../validation/base64.ts';
import { invalidEach, validateImmutable } from '../validation/fields.ts';
import { validateImmutableData } from '../validation/immutable-data.ts';
import { keyPairError } from '../validation/key-pair.ts';
import { MAX_DATA } from './config-map-strategy.ts';

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** Types whose keys are all required. */
const REQUIRED_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
]);

function applyDefaults(secret: Secret): void {
  secret.type ||= 'Opaque';
  if (!secret.stringData) return;
  // A key of `stringData` replaces that of `data`; `stringData` itself is not stored.
  const given = Object.entries(secret.stringData).map(([key, text]) => [key, toBase64(text)] as const);
  secret.data = { ...secret.data, ...Object.fromEntries(given) };
  delete secret.stringData;
}

function isJsonObject(base64: string): boolean {
  try {
    const value: unknown = JSON.parse(fromBase64(base64));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function validateType({ type = '', data = {}, metadata }: Secret): FieldError[] {
  const missing = (REQUIRED_KEYS.get(type) ?? []).filter((key) => !Object.hasOwn(data, key));
  const errors = missing.map((key) => fieldError.required(`data[${key}]`));
  switch (type) {
    case 'kubernetes.io/service-account-token':
      if (!metadata.annotations?.[ACCOUNT_NAME]) {
        errors.push(fieldError.required(`metadata.annotations[${ACCOUNT_NAME}]`));
      }
      break;
    case 'kubernetes.io/dockercfg':
    case 'kubernetes.io/dockerconfigjson':
      for (const key of REQUIRED_KEYS.get(type) ?? []) {
        const value = data[key];
        if (value === undefined || isJsonObject(value)) continue;
        const detail = 'json: must be an object';
        errors.push(fieldError.invalid(`data[${key}]`, '<secret contents redacted>', detail));
      }
      break;
    case 'kubernetes.io/basic-auth':
      if (!Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
        errors.push(fieldError.required('data[username]'), fieldError.required('data[password]'));
      }
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.push(fieldError.required('data[ssh-privatekey]'));
      break;
  }
  return errors;
}

function validate(secret: Secret): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    errors.push(...invalidEach(`data[${key}]`, key, isConfigMapKey(key)));
    size += base64Size(value);
  }
  if (size > MAX_DATA) errors.push(fieldError.tooLong('data', MAX_DATA));
  return [...errors, ...validateType(secret)];
}

/** The warning about a TLS Secret whose key is not its certificate's (`warningsForSecret`). */
function warnings({ type, data = {} }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const problem = keyPairError(fromBase64(data['tls.crt'] ?? ''), fromBase64(data['tls.key'] ?? ''));
  return problem === undefined ? [] : [problem];
}

export const secretStrategy: Strategy<Secret> = {
  warnings,
  applyDefaults,
  validate,
  validateUpdate: (next, old) => [
    ...validateImmutable(next.type, old.type, 'type'),
    ...validateImmutableData(next, old, ['data']),
  ],
};
