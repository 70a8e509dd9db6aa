import { fieldError } from '../../machinery/field-error.ts';
import type { Namespace } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { validateFinalizerName } from '../metadata.ts';
import { serviceSteeringWarnings } from './simulated-annotations.ts';

const phase = (namespace: Namespace): string => namespace.status?.phase ?? '';

export const namespace = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  nameRule: 'dns-label',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: [nameColumn, column('Status', 'Active or Terminating.', phase), ageColumn],
  resetFields: { '': ['status'], status: ['spec'], finalize: ['status'] },
  subresources: { status: true, others: { finalize: { kind: 'Namespace', verbs: ['update'] } } },
  selectableFields: { 'status.phase': phase },
  strategy: {
    validate: ({ spec }) => (spec?.finalizers ?? []).flatMap((name) => validateFinalizerName(name, 'spec.finalizers')),
    validateStatusUpdate({ metadata, status }) {
      const [expected, when] = metadata.deletionTimestamp ? ['Terminating', 'is not'] : ['Active', 'is'];
      const phase = status?.phase;
      const why = `may only be '${expected}' if \`deletionTimestamp\` ${when} empty`;
      return phase === expected ? [] : [fieldError.invalid('status.Phase', phase ?? '', why)];
    },
    applyDefaults(namespace) {
      labelWithName(namespace);
      namespace.status ??= {};
      namespace.status.phase ||= 'Active';
    },
    prepareForCreate(namespace) {
      // A generated name was not there yet when defaults were filled in.
      labelWithName(namespace);
      namespace.status = { phase: 'Active' };
      const finalizers = namespace.spec?.finalizers ?? [];
      namespace.spec = { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
    },
    // Finalizers are taken away by the finalize subresource alone.
    prepareForUpdate(next, old) {
      const finalizers = old.spec?.finalizers;
      next.spec = { ...next.spec, finalizers };
      if (!finalizers) delete next.spec.finalizers;
    },
    warnings: ({ metadata }, old) =>
      serviceSteeringWarnings('Namespace', metadata.annotations, old?.metadata.annotations),
    subresources: {
      finalize: {
        // The endpoint itself carries over the status.
        prepareForUpdate() {},
        validateUpdate: ({ spec }) =>
          (spec?.finalizers ?? []).flatMap((name, i) => validateFinalizerName(name, `spec.finalizers[${i}]`)),
      },
    },
  },
});

function labelWithName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}
