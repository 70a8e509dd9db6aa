import type { PodTemplate } from '../../types.ts';
import { column, nameColumn } from '../columns/column.ts';
import { containerColumns } from '../columns/containers.ts';
import { formatLabels } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { applyPodTemplateDefaults } from './pod-spec/defaults.ts';
import { validatePodTemplate } from './pod-spec/validate.ts';
import { templateWarnings } from './pod-spec/warnings.ts';

export const podTemplate = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  support: 'stored',
  generateNameRule: 'create',
  generation: true,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>(({ template }) => template?.spec?.containers, {}),
    column<PodTemplate>('Pod Labels', 'Labels of the template.', ({ template }) =>
      formatLabels(template?.metadata?.labels),
    ),
  ],
  strategy: {
    validate: ({ template }) => validatePodTemplate(template, 'template'),
    warnings: ({ template }, old) => templateWarnings(template, old?.template, 'template.'),
    applyDefaults({ template }) {
      applyPodTemplateDefaults(template);
    },
  },
});
