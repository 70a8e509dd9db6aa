import type { LimitRange } from '../../types.ts';
import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

/** The generated type has `_default` for `default`. */
interface LimitRangeItem {
  type: string;
  default?: Record<string, string>;
  defaultRequest?: Record<string, string>;
  max?: Record<string, string>;
  min?: Record<string, string>;
}

export const limitRange = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  scope: 'Namespaced',
  support: 'refused',
  allowCreateOnUpdate: true,
  columns: NAME_AND_CREATED_AT,
  strategy: {
    applyDefaults({ spec }) {
      for (const item of (spec?.limits ?? []) as LimitRangeItem[]) {
        if (item.type !== 'Container') continue;
        item.default = { ...item.max, ...item.default };
        item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
      }
    },
  },
});
