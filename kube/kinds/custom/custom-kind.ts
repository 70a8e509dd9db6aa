/**
 * Kinds that exist as data alone: the spec of a CustomResourceDefinition becomes one descriptor a version, which the
 * registry serves like any built-in one (apiextensions `pkg/registry/customresource/strategy.go`). What few requests
 * need, schemas above all, is read from the spec when it is first asked for: a cluster may have hundreds of them.
 */
import { compareVersions } from '../../machinery/discovery/resources.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { StructSchema } from '../../machinery/schema/schema.ts';
import type { StructuralSchema } from '../../machinery/structural/schema.ts';
import type { DefinitionNames, DefinitionSpec, DefinitionSubresources } from '../apiextensions/types.ts';
import { defineKind, type KindDescriptor, STATUS_RESETS_METADATA, type Subresources } from '../define.ts';
import { WHOLE_METADATA } from '../metadata-policy.ts';
import type { ConversionWebhook } from './conversion-webhook.ts';
import { compileJsonPath } from './json-path.ts';
import { storedIn } from './stored-as.ts';
import { customStrategy } from './strategy.ts';
import { Version } from './version.ts';

export type CustomKindSpec = DefinitionSpec;

/** A definition was removed while a request for one of its objects was under way. */
export class DefinitionGone extends Error {}

/** Facts of a version that need no schema. */
export interface VersionFacts {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  subresources?: DefinitionSubresources;
  selectableFields?: readonly { jsonPath: string }[];
}

/** Facts of a definition that need no schema: few enough to be kept of all definitions. */
export interface DefinitionFacts {
  group: string;
  scope: string;
  names: DefinitionNames;
  versions: readonly VersionFacts[];
  conversion: string;
  preserveUnknownFields?: boolean;
  /** Changes with the spec. */
  fingerprint: string;
  /** The revision from which on objects are written by this spec; 0: all are. */
  since: number;
}

/** Facts of a kind that a CustomResourceDefinition brings, beside its descriptor. */
export interface CustomParts {
  /** The version's schema in OpenAPI, made when it is first read, and kept. */
  readonly openAPISchema: StructuralSchema;
  /** The name of the schema in OpenAPI documents: `com.example.v1.Widget`. */
  readonly definition: string;
  /** The same schema, made anew at each call where it is not kept yet, which spares memory. */
  publishedSchema(): StructuralSchema;
  /** The schema of any version that the definition has, served or not. */
  schemaIn(apiVersion: string): StructSchema | undefined;
  /** A text that changes with anything that the OpenAPI documents say of the kind. */
  readonly fingerprint: string;
  /** Whether unknown fields are kept everywhere. */
  readonly preservesAll: boolean;
  /** Whether the version that objects are stored in is served. */
  readonly isStorageServed: boolean;
  /** The definition is being deleted, and takes no new objects. Kept by the registry. */
  isTerminating: boolean;
}

/** The facts of a spec. */
export function factsOf(spec: DefinitionSpec, fingerprint: string, since: number): DefinitionFacts {
  const { group, scope, names, conversion, preserveUnknownFields } = spec;
  return {
    group,
    scope,
    names,
    versions: spec.versions.map(({ schema: _, additionalPrinterColumns: __, ...facts }) => facts),
    conversion: conversion?.strategy ?? 'None',
    preserveUnknownFields,
    fingerprint,
    since,
  };
}

/** Descriptors of a spec that is at hand. Objects may have been stored in any of its versions. */
export function customKinds(spec: DefinitionSpec): KindDescriptor[] {
  const since = spec.versions.length > 1 ? Number.MAX_SAFE_INTEGER : 0;
  return lazyCustomKinds(factsOf(spec, JSON.stringify(spec.versions), since), () => spec);
}

/** One descriptor a served version, the preferred one first. `read` gives the whole spec; it is called when needed. */
export function lazyCustomKinds(facts: DefinitionFacts, read: () => DefinitionSpec): KindDescriptor[] {
  // Parsed specs of hundreds of definitions are more than an object may hold, and most are asked for once or never.
  let kept: WeakRef<DefinitionSpec> | undefined;
  const whole = (): DefinitionSpec => {
    const spec = kept?.deref() ?? read();
    kept = new WeakRef(spec);
    return spec;
  };
  const versionOf = (name: string) => whole().versions.find((version) => version.name === name);
  const all = facts.versions.map((version) => new Version(facts, version, versionOf));
  const stored = all.find(({ version }) => version.storage);
  const name = `${facts.names.plural}.${facts.group}`;
  if (!stored) throw new Error(`no version of ${name} is stored`);
  const webhook = facts.conversion === 'Webhook' ? { name, config: () => whole().conversion?.webhook } : undefined;
  const served = all.filter(({ version }) => version.served);
  served.sort((a, b) => compareVersions(a.version.name, b.version.name));
  const byApiVersion = new Map(all.map((each) => [each.apiVersion, each]));
  return served.map((own) => customKind(own, { stored, versions: byApiVersion, webhook }));
}

interface Siblings {
  stored: Version;
  versions: ReadonlyMap<string, Version>;
  webhook: ConversionWebhook | undefined;
}

function customKind(own: Version, { stored, versions, webhook }: Siblings): KindDescriptor {
  const { facts, version } = own;
  const { group, scope, names } = facts;
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
    scope: scope as 'Namespaced' | 'Cluster',
    support: 'acted-on',
    generateNameRule: 'create',
    generation: true,
    allowUnconditionalUpdate: false,
    strategicMergePatch: false,
    freeFinalizers: true,
    statusKeeps: WHOLE_METADATA,
    resetFields: version.subresources?.status ? STATUS_RESETS_METADATA : {},
    deprecationWarning: version.deprecated ? deprecationOf(facts, version) : undefined,
    columns: [],
    subresources: subresourcesOf(version),
    selectableFields: Object.fromEntries(fields),
    storedAs: storedIn(own, stored, versions, webhook),
    strategy: customStrategy({
      group,
      version: version.name,
      kind: names.kind,
      schema: () => own.schema,
      rules: () => own.rules,
      scale: version.subresources?.scale,
    }),
  });
  return {
    ...kind,
    listKind: names.listKind || `${names.kind}List`,
    get schema() {
      return own.struct;
    },
    get columns() {
      return own.columns;
    },
    custom: {
      get openAPISchema() {
        return own.schema;
      },
      definition: own.definition,
      publishedSchema: () => own.readSchema(),
      schemaIn: (apiVersion) => versions.get(apiVersion)?.struct,
      fingerprint: `${facts.fingerprint}/${version.name} ${JSON.stringify(names)}`,
      preservesAll: own.preservesAll,
      isStorageServed: stored.version.served,
      isTerminating: false,
    },
  };
}

function subresourcesOf({ subresources = {} }: VersionFacts): Subresources {
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

function textAt(jsonPath: string): (object: KubeObject) => string {
  const read = compileJsonPath(jsonPath);
  return (object) => {
    const [value] = read(object);
    return value === undefined || value === null ? '' : String(value);
  };
}

/** `defaultDeprecationWarning` */
function deprecationOf({ group, names, versions }: DefinitionFacts, version: VersionFacts): string {
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const [newer] = versions
    .filter(({ served, deprecated, name }) => served && !deprecated && compareVersions(name, version.name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name));
  const text = `${group}/${version.name} ${names.kind} is deprecated`;
  return newer ? `${text}; use ${group}/${newer.name} ${names.kind}` : text;
}
