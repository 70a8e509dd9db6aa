import type { Secret } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { secretStrategy } from './secret-strategy.ts';

const type = (secret: Secret): string => secret.type ?? '';

export const secret = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  support: 'acted-on',
  columns: [
    nameColumn,
    column('Type', 'What the secret is for.', type),
    countColumn<Secret>('Data', 'How many entries it has.', ({ data }) => Object.keys(data ?? {}).length, {
      type: 'string',
    }),
    ageColumn,
  ],
  selectableFields: { type },
  strategy: secretStrategy,
});
