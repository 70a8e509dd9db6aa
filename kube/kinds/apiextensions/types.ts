/** A CustomResourceDefinition (apiextensions.k8s.io/v1), as it is on the wire once it has been decoded. */
import type { KubeObject, ObjectMeta } from '../../machinery/object.ts';
import type { StructuralSchema } from '../../machinery/structural/schema.ts';

export interface DefinitionNames {
  plural: string;
  singular?: string;
  shortNames?: readonly string[];
  kind: string;
  listKind?: string;
  categories?: readonly string[];
}

export interface DefinitionSubresources {
  status?: object;
  scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
}

export interface DefinitionColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

export interface DefinitionVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: StructuralSchema };
  subresources?: DefinitionSubresources;
  additionalPrinterColumns?: readonly DefinitionColumn[];
  selectableFields?: readonly { jsonPath: string }[];
}

export interface WebhookClientConfig {
  url?: string;
  service?: { namespace?: string; name?: string; path?: string; port?: number };
  caBundle?: string;
}

export interface DefinitionConversion {
  strategy: string;
  webhook?: { clientConfig?: WebhookClientConfig; conversionReviewVersions?: readonly string[] };
}

export interface DefinitionSpec {
  group: string;
  names: DefinitionNames;
  scope: string;
  versions: readonly DefinitionVersion[];
  conversion?: DefinitionConversion;
  preserveUnknownFields?: boolean;
}

export interface DefinitionCondition {
  type: string;
  status: string;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

export interface DefinitionStatus {
  conditions?: readonly DefinitionCondition[] | null;
  acceptedNames?: DefinitionNames;
  storedVersions?: readonly string[] | null;
}

export interface CustomResourceDefinition extends KubeObject {
  metadata: ObjectMeta;
  spec: DefinitionSpec;
  status?: DefinitionStatus;
}

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** The controller that deletes the objects of a definition. */
export const DEFINITION_FINALIZER = 'customresourcedefinition-finalizer';

export function conditionOf(status: DefinitionStatus | undefined, type: string): DefinitionCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(status: DefinitionStatus | undefined, type: string): boolean {
  return conditionOf(status, type)?.status === 'True';
}
