/**
 * Kinds that exist as data alone: the spec of a CustomResourceDefinition becomes one descriptor a version, which the
 * registry serves like any built-in one (apiextensions `pkg/registry/customresource/strategy.go`).
 */

import { compareVersions } from '../../machinery/discovery/resources.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { groupResource } from '../../machinery/resource.ts';
import {
  ALL_METADATA,
  defineKind,
  type KindDescriptor,
  STATUS_RESETS_METADATA,
  type StoredAs,
  type Subresources,
} from '../define.ts';
import { type CustomColumn, customColumns } from './columns.ts';
import { compileJsonPath } from './json-path.ts';
import { rootSchema, type StructuralSchema } from './structural-schema.ts';

/** `CustomResourceDefinitionVersion` */
export interface CustomKindVersion {
  name: string;
  served: boolean;
  storage: boolean;
  schema?: { openAPIV3Schema?: StructuralSchema };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: readonly CustomColumn[];
  selectableFields?: readonly { jsonPath: string }[];
  deprecated?: boolean;
  deprecationWarning?: string;
}

/** `CustomResourceDefinitionSpec` */
export interface CustomKindSpec {
  group: string;
  scope: 'Namespaced' | 'Cluster';
  names: {
    plural: string;
    singular?: string;
    kind: string;
    listKind?: string;
    shortNames?: readonly string[];
    categories?: readonly string[];
  };
  versions: readonly CustomKindVersion[];
}

/**
 * One descriptor a served version, the preferred one first. Throws an Error that names the unsupported part of the
 * spec.
 */
export function customKinds(spec: CustomKindSpec): KindDescriptor[] {
  const stored = spec.versions.find(({ storage }) => storage);
  if (!stored) throw new Error(`no version of ${spec.names.plural}.${spec.group} is stored`);
  const served = spec.versions.filter((version) => version.served).sort((a, b) => compareVersions(a.name, b.name));
  return served.map((version) => customKind(spec, version, stored));
}

function customKind(spec: CustomKindSpec, version: CustomKindVersion, stored: CustomKindVersion): KindDescriptor {
  const { group, scope, names } = spec;
  const definition = `${group.split('.').reverse().join('.')}.${version.name}.${names.kind}`;
  const source = version.schema?.openAPIV3Schema ?? { 'x-kubernetes-preserve-unknown-fields': true };
  const subresources = subresourcesOf(version);
  const fields = (version.selectableFields ?? []).map(({ jsonPath }) => [
    jsonPath.replace(/^\./, ''),
    textAt(jsonPath),
  ]);
  const kind = defineKind({
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    scope,
    support: 'acted-on',
    generation: true,
    allowUnconditionalUpdate: false,
    strategicMergePatch: false,
    statusKeeps: ALL_METADATA,
    deprecationWarning: version.deprecated ? deprecationOf(spec, version) : undefined,
    columns: customColumns(version.additionalPrinterColumns),
    resetFields: subresources.status ? STATUS_RESETS_METADATA : {},
    subresources,
    selectableFields: Object.fromEntries(fields),
    // With one version, the stored form is the served one.
    storedAs: spec.versions.length > 1 ? storedIn(spec, version, stored) : undefined,
  });
  return {
    ...kind,
    listKind: names.listKind || `${names.kind}List`,
    openAPISchema: source,
    schema: rootSchema(source, definition),
  };
}

function subresourcesOf({ subresources = {} }: CustomKindVersion): Subresources {
  const { status, scale } = subresources;
  return {
    ...(status && { status: true }),
    ...(scale && {
      scale: {
        specReplicas: scale.specReplicasPath.replace(/^\./, ''),
        statusReplicas: scale.statusReplicasPath.replace(/^\./, ''),
        selector: scale.labelSelectorPath?.replace(/^\./, ''),
      },
    }),
  };
}

/** The conversion strategy None: versions differ in nothing but their name. */
function storedIn({ group, names }: CustomKindSpec, version: CustomKindVersion, stored: CustomKindVersion): StoredAs {
  const [own, other] = [`${group}/${version.name}`, `${group}/${stored.name}`];
  const as = (apiVersion: string) => (object: KubeObject) =>
    object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  return { resource: groupResource(group, names.plural), apiVersion: other, toStored: as(other), fromStored: as(own) };
}

function textAt(jsonPath: string): (object: KubeObject) => string {
  const read = compileJsonPath(jsonPath);
  return (object) => {
    const [value] = read(object);
    return value === undefined || value === null ? '' : String(value);
  };
}

/** `defaultDeprecationWarning` */
function deprecationOf({ group, names, versions }: CustomKindSpec, version: CustomKindVersion): string {
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const [newer] = versions
    .filter(({ served, deprecated, name }) => served && !deprecated && compareVersions(name, version.name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name));
  const text = `${group}/${version.name} ${names.kind} is deprecated`;
  return newer ? `${text}; use ${group}/${newer.name} ${names.kind}` : text;
}
