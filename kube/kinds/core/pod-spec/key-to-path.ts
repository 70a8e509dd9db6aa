/** The keys of a ConfigMap or Secret that become files, with their paths (`validateKeyToPath`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { validateFileMode, validateLocalPath } from './paths.ts';

interface KeyToPath {
  key?: string;
  path?: string;
  mode?: number;
}

export function validateItems(items: readonly KeyToPath[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap(({ key, path = '', mode }, index) => {
    const at = `${field}.items[${index}]`;
    return [
      ...(key ? [] : [fieldError.required(`${at}.key`)]),
      ...(path ? [] : [fieldError.required(`${at}.path`)]),
      ...validateLocalPath(path, `${at}.path`),
      ...validateFileMode(mode, `${at}.mode`),
    ];
  });
}
