/** The mark of a default class: `fast (default)`. */
import type { KubeObject } from '../../machinery/object.ts';
import type { Column } from '../define.ts';
import { named } from './column.ts';

/** A name column for classes, one of which may be the default by one of these annotations. */
export function classNameColumn(...annotations: readonly string[]): Column {
  return named(({ metadata }: KubeObject) => {
    const isDefault = annotations.some((annotation) => metadata.annotations?.[annotation] === 'true');
    return `${metadata.name ?? ''}${isDefault ? ' (default)' : ''}`;
  });
}
