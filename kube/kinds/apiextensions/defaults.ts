/** `SetDefaults_CustomResourceDefinition` (apiextensions `pkg/apis/apiextensions/v1/defaults.go`) */
import type { CustomResourceDefinition } from './types.ts';

export function applyDefaults(definition: CustomResourceDefinition): void {
  // Go's structs are there, whatever a client leaves out; validation says what is missing in them.
  definition.spec ??= {} as CustomResourceDefinition['spec'];
  const { spec } = definition;
  spec.names ??= {} as typeof spec.names;
  const { names } = spec;
  if (!names.singular) names.singular = (names.kind ?? '').toLowerCase();
  if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  const { service } = spec.conversion.webhook?.clientConfig ?? {};
  if (service) service.port ??= 443;
  const storage = spec.versions?.find((version) => version.storage);
  definition.status ??= {};
  if (storage && !definition.status.storedVersions?.length) definition.status.storedVersions = [storage.name];
}
