/** `pkg/registry/core/configmap`, `ValidateConfigMap` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isConfigMapKey } from '../../machinery/names.ts';
import type { ConfigMap } from '../../types.ts';
import type { Strategy } from '../define.ts';
import { base64Size } from '../validation/base64.ts';
import { invalidEach } from '../validation/fields.ts';
import { validateImmutableData } from '../validation/immutable-data.ts';

/** Bytes of all values together, for ConfigMaps and Secrets. */
export const MAX_DATA = 1024 * 1024;
const utf8 = new TextEncoder();

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, isConfigMapKey(key)));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(fieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    size += utf8.encode(value).length;
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, isConfigMapKey(key)));
    size += base64Size(value);
  }
  if (size > MAX_DATA) errors.push(fieldError.tooLong('[]', MAX_DATA));
  return errors;
}

export const configMapStrategy: Strategy<ConfigMap> = {
  validate,
  validateUpdate: (next, old) => validateImmutableData(next, old, ['data', 'binaryData']),
};
