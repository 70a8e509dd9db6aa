/** The wide columns of kinds with a pod template: containers, images and (most of them) the selector. */
import type { KubeObject } from '../../machinery/object.ts';
import type { LabelSelectorObject } from '../../machinery/selectors/labels.ts';
import type { Column } from '../define.ts';
import { type ColumnOptions, column } from './column.ts';
import { formatLabelSelector } from './text.ts';

interface NamedImage {
  name?: string;
  image?: string;
}

export function containerColumns<T extends KubeObject>(
  containersOf: (object: T) => readonly NamedImage[] | undefined,
  options: ColumnOptions = { wide: true },
): Column[] {
  const join = (field: keyof NamedImage) => (object: T) =>
    (containersOf(object) ?? []).map((container) => container[field] ?? '').join(',');
  return [
    column<T>('Containers', 'Names of the containers in the template.', join('name'), options),
    column<T>('Images', 'Images of the containers in the template.', join('image'), options),
  ];
}

export function selectorColumn<T extends KubeObject>(
  selectorOf: (object: T) => LabelSelectorObject | undefined,
  format: (selector: LabelSelectorObject | undefined) => string = formatLabelSelector,
): Column {
  return column<T>('Selector', 'Which pods belong to the object.', (object) => format(selectorOf(object)), {
    wide: true,
  });
}
