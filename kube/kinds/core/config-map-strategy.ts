/** `pkg/registry/core/configmap`, `ValidateConfigMap` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isConfigMapKey } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { ConfigMap } from '../../types.ts';
import type { Strategy } from '../define.ts';
import { base64Size } from '../validation/base64.ts';
import { invalidEach } from '../validation/fields.ts';
import { validateImmutableData } from '../validation/immutable-data.ts';

/** Bytes of all values together, for ConfigMaps and Secrets. */
export const MAX_DATA = 1024 * 1024;

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, isConfigMapKey(key)));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(fieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
  }
  let binary = 0;
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, isConfigMapKey(key)));
    binary += base64Size(value);
  }
  if (exceedsUtf8(Object.values(data), MAX_DATA - binary)) errors.push(fieldError.tooLong('[]', MAX_DATA));
  return errors;
}

export const configMapStrategy: Strategy<ConfigMap> = {
  validate,
  validateUpdate: (next, old) => validateImmutableData(next, old, ['data', 'binaryData']),
};
