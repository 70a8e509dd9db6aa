import type { LimitRange } from '../../types.ts';
import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const limitRange = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  scope: 'Namespaced',
  support: 'refused',
  columns: NAME_AND_CREATED_AT,
});
