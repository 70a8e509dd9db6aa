/**
 * Kinds that exist as data alone: the spec of a CustomResourceDefinition becomes one descriptor a version, which the
 * registry serves like any built-in one (apiextensions `pkg/registry/customresource/strategy.go`). What few requests
 * need, schemas above all, is read from the spec when it is first asked for: a cluster may have hundreds of them.
 */
import { rulesValidator, type Validate } from '../../machinery/cel/rules/validator.ts';
import { compareVersions } from '../../machinery/discovery/resources.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { groupResource } from '../../machinery/resource.ts';
import type { StructSchema } from '../../machinery/schema/schema.ts';
import type { StructuralSchema } from '../../machinery/structural/schema.ts';
import type { DefinitionNames, DefinitionSpec, DefinitionSubresources } from '../apiextensions/types.ts';
import {
  ALL_METADATA,
  type Column,
  defineKind,
  type KindDescriptor,
  STATUS_RESETS_METADATA,
  type StoredAs,
  type Subresources,
} from '../define.ts';
import { refresh, renamed, type Shape } from './codec.ts';
import { customColumns } from './columns.ts';
import { compileJsonPath } from './json-path.ts';
import { customStrategy } from './strategy.ts';
import { rootSchema } from './structural-schema.ts';

export type CustomKindSpec = DefinitionSpec;

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
  let spec: DefinitionSpec | undefined;
  const versionOf = (name: string) => {
    spec ??= read();
    return spec.versions.find((version) => version.name === name);
  };
  const stored = facts.versions.find(({ storage }) => storage);
  if (!stored) throw new Error(`no version of ${facts.names.plural}.${facts.group} is stored`);
  const served = facts.versions.filter((version) => version.served).sort((a, b) => compareVersions(a.name, b.name));
  return served.map((version) =>
    customKind(new Version(facts, version, versionOf), new Version(facts, stored, versionOf)),
  );
}

const ANYTHING: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** A version of a definition. Its schema and columns are read once. */
class Version implements Shape {
  readonly facts: DefinitionFacts;
  readonly version: VersionFacts;
  readonly apiVersion: string;
  readonly #read: (name: string) => DefinitionSpec['versions'][number] | undefined;
  #schema: StructuralSchema | undefined;
  #struct: StructSchema | undefined;
  #columns: Column[] | undefined;
  #rules: { validate: Validate | undefined } | undefined;

  constructor(facts: DefinitionFacts, version: VersionFacts, read: Version['read']) {
    this.facts = facts;
    this.version = version;
    this.apiVersion = `${facts.group}/${version.name}`;
    this.#read = read;
  }

  get read(): (name: string) => DefinitionSpec['versions'][number] | undefined {
    return this.#read;
  }

  get preservesAll(): boolean {
    return this.facts.preserveUnknownFields === true;
  }

  get schema(): StructuralSchema {
    this.#schema ??= this.#read(this.version.name)?.schema?.openAPIV3Schema ?? (this.preservesAll ? ANYTHING : {});
    return this.#schema;
  }

  get struct(): StructSchema {
    const { group, names } = this.facts;
    this.#struct ??= rootSchema(
      this.preservesAll ? { ...this.schema, 'x-kubernetes-preserve-unknown-fields': true } : this.schema,
      `${group.split('.').reverse().join('.')}.${this.version.name}.${names.kind}`,
    );
    return this.#struct;
  }

  get rules(): Validate | undefined {
    this.#rules ??= { validate: rulesValidator(this.schema) };
    return this.#rules.validate;
  }

  get columns(): Column[] {
    this.#columns ??= customColumns(this.#read(this.version.name)?.additionalPrinterColumns);
    return this.#columns;
  }
}

function customKind(own: Version, stored: Version): KindDescriptor {
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
    generation: true,
    allowUnconditionalUpdate: false,
    strategicMergePatch: false,
    freeFinalizers: true,
    statusKeeps: ALL_METADATA,
    resetFields: version.subresources?.status ? STATUS_RESETS_METADATA : {},
    deprecationWarning: version.deprecated ? deprecationOf(facts, version) : undefined,
    columns: [],
    subresources: subresourcesOf(version),
    selectableFields: Object.fromEntries(fields),
    storedAs: storedIn(own, stored),
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
      fingerprint: `${facts.fingerprint}/${version.name} ${JSON.stringify(names)}`,
      preservesAll: own.preservesAll,
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

/**
 * Objects are stored in one version, with its defaults. A text that was written before the schema changed is pruned and
 * defaulted as it is read, and so is one of another version, whose own defaults are not applied, as upstream.
 */
function storedIn(own: Version, stored: Version): StoredAs {
  const { group, names, since, conversion } = own.facts;
  const isOwn = own.version === stored.version;
  const refusal = `conversion webhook for ${own.apiVersion}, Kind=${names.kind} failed: this version of Islet does not call conversion webhooks; use ${stored.apiVersion}, in which objects are stored`;
  const check = (object: KubeObject, wanted: string) => {
    if (conversion !== 'None' && object.apiVersion !== wanted) throw new ConversionRefused(refusal);
  };
  const isStored = (text: string) => since === 0 || revisionOf(text) > since;
  const takeStored = (object: KubeObject) => {
    check(object, stored.apiVersion);
    object.apiVersion = stored.apiVersion;
    const current = refresh(object, stored);
    return isOwn ? current : renamed(current, own.apiVersion, own);
  };
  return {
    resource: groupResource(group, names.plural),
    apiVersion: stored.apiVersion,
    refusal: conversion === 'None' || isOwn ? undefined : refusal,
    isStored,
    ...(isOwn && { isCurrent: isStored }),
    toStored(object) {
      if (isOwn) return object;
      check(object, stored.apiVersion);
      return refresh({ ...structuredClone(object), apiVersion: stored.apiVersion }, stored);
    },
    fromStored: (object) => takeStored(structuredClone(object)),
    takeStored,
  };
}

/** A conversion that is not built; its message is for the client. */
export class ConversionRefused extends Error {}

/** Before it stand names alone, which have no quotes in them. */
const REVISION = /"resourceVersion":"(\d+)"/;

function revisionOf(text: string): number {
  return Number(REVISION.exec(text.slice(0, 2000))?.[1] ?? 0);
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
