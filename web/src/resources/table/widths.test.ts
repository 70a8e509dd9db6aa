import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { TableColumn } from '../../api/table.ts';
import { namespaceWidth, template, widthsOf } from './widths.ts';

const shown = ['Name', 'Ready'].map((name, at) => ({
  column: { name, type: 'string', format: '', description: '', priority: 0 } as TableColumn,
  index: at * 2,
}));
const row = (name: string, namespace = 'shop') => ({
  key: name,
  cells: [name, 'not shown, however long it is', '1/1'],
  object: { metadata: { name, namespace } } as KubeObject,
  at: 0,
});

test('columns are as wide as their longest text or heading, up to a bound', () => {
  expect(widthsOf(shown, [row('web'), row('a-longer-name')])).toEqual([13, 7]);
  expect(widthsOf(shown, [row('x'.repeat(200))])).toEqual([44, 7]);
  expect(namespaceWidth([row('a', 'a-long-namespace'), row('b')])).toBe(16);
  expect(template([44, 7])).toEqual({
    columns: '2.25rem minmax(min(26ch + 1.25rem, 38vw), 44fr) minmax(min(7ch + 1.25rem, 38vw), 7fr)',
    least: 'calc(2.25rem + min(26ch + 1.25rem, 38vw) + min(7ch + 1.25rem, 38vw))',
  });
});
