/** The columns of what was measured, as metrics-server prints them (`pkg/api/table.go`). */
import type { KubeObject } from '../../machinery/object.ts';
import { addQuantities, formatQuantity, parseQuantity, type Quantity } from '../../machinery/quantity.ts';
import { column, named } from '../columns/column.ts';
import type { Column } from '../define.ts';
import type { UsageList } from './types.ts';

export function measuredColumns<T extends KubeObject & { window?: string }>(
  usages: (object: T) => readonly UsageList[],
): Column[] {
  const sum = (object: T, resource: string): string => {
    const all = usages(object).flatMap((usage) => parseQuantity(usage[resource] ?? '0') ?? []);
    const none: Quantity = { nano: 0n, format: resource === 'cpu' ? 'DecimalSI' : 'BinarySI' };
    return formatQuantity(all.reduce(addQuantities, none));
  };
  return [
    { ...named<T>(({ metadata }) => metadata.name ?? ''), description: 'Name of the resource' },
    column<T>('cpu', '', (object) => sum(object, 'cpu'), { format: 'quantity' }),
    column<T>('memory', '', (object) => sum(object, 'memory'), { format: 'quantity' }),
    column<T>('Window', '', ({ window = '' }) => window, { format: 'duration' }),
  ];
}
