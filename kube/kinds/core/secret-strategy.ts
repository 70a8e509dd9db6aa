/** `pkg/registry/core/secret`, `ValidateSecret` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isConfigMapKey } from '../../machinery/names.ts';
import { goValueName } from '../../machinery/schema/go-names.ts';
import { jsonSyntaxError } from '../../machinery/schema/json-syntax.ts';
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

/** The reason why a text is no JSON object, in Go's words; undefined for an object and for null. */
function noJsonObject(base64: string): string | undefined {
  const text = fromBase64(base64);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return jsonSyntaxError(text) ?? 'invalid JSON';
  }
  if (typeof value === 'object' && !Array.isArray(value)) return undefined;
  return `json: cannot unmarshal ${goValueName(value, false)} into Go value of type map[string]interface {}`;
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
        const detail = value === undefined ? undefined : noJsonObject(value);
        if (detail !== undefined) errors.push(fieldError.invalid(`data[${key}]`, '<secret contents redacted>', detail));
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
