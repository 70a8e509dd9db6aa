/** CustomResourceDefinitions (apiextensions `pkg/registry/customresourcedefinition/strategy.go`, `etcd.go`). */
import { sameJson } from '../../machinery/equality.ts';
import { type StructuralSchema, schemaHas } from '../../machinery/structural/schema.ts';
import { isRecognized } from '../../machinery/structural/validate/formats.ts';
import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { withCondition } from './conditions.ts';
import { applyDefaults } from './defaults.ts';
import { CLEANUP_FINALIZER, type CustomResourceDefinition } from './types.ts';
import { validateDefinition, validateDefinitionUpdate, validateStatus } from './validation/definition.ts';

export const customResourceDefinition = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  scope: 'Cluster',
  storageVersion: 'v1beta1',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: true,
  allowUnconditionalUpdate: false,
  columns: NAME_AND_CREATED_AT,
  subresources: { status: true },
  freeFinalizers: true,
  strategy: {
    applyDefaults,
    prepareForCreate(definition) {
      definition.status = NEW_STATUS;
      storeVersion(definition);
    },
    prepareForUpdate: storeVersion,
    validate: (definition, old) => (old ? validateDefinitionUpdate(definition, old) : validateDefinition(definition)),
    validateStatusUpdate: (definition) => validateStatus(definition.status),
    warnings(definition, old) {
      const known = new Set(old ? unknownFormats(old) : []);
      const found = unknownFormats(definition).filter((format) => !known.has(format));
      return found.map((format) => `unrecognized format ${JSON.stringify(format)}`);
    },
    beginDelete(definition, now) {
      const { metadata } = definition;
      metadata.deletionTimestamp = now;
      const finalizers = metadata.finalizers ?? [];
      if (!finalizers.includes(CLEANUP_FINALIZER)) metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
      definition.status = withCondition(
        definition.status,
        {
          type: 'Terminating',
          status: 'True',
          reason: 'InstanceDeletionPending',
          message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
        },
        now,
      );
    },
  },
});

/** How upstream prints a status that is empty. */
const NEW_STATUS = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null };

/** The version that objects are stored in from now on is one that they may be stored in. */
function storeVersion(definition: CustomResourceDefinition): void {
  const { spec, status } = definition;
  const storage = spec.versions?.find((version) => version.storage);
  const stored = status?.storedVersions ?? [];
  if (!storage || stored.includes(storage.name)) return;
  definition.status = { ...status, storedVersions: [...stored, storage.name] };
}

function unknownFormats({ spec }: CustomResourceDefinition): string[] {
  const found: string[] = [];
  const look = ({ format, type = '' }: StructuralSchema): boolean => {
    if (format && !isRecognized(format, type)) found.push(format);
    return false;
  };
  const schemas = (spec?.versions ?? []).map(({ schema }) => schema?.openAPIV3Schema);
  // A schema that all versions share is looked at once.
  const [first, ...others] = schemas;
  for (const schema of others.every((each) => sameJson(each, first)) ? [first] : schemas) schemaHas(schema, look);
  return found;
}
