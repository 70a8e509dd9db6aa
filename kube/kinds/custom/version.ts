/**
 * A version of a definition. What few requests need, its schema above all, is read from the spec when it is first asked
 * for.
 */
import { rulesValidator, type Validate } from '../../machinery/cel/rules/validator.ts';
import type { StructSchema } from '../../machinery/schema/schema.ts';
import type { StructuralSchema } from '../../machinery/structural/schema.ts';
import type { DefinitionSpec } from '../apiextensions/types.ts';
import type { Column } from '../define.ts';
import type { Shape } from './codec.ts';
import { customColumns } from './columns.ts';
import type { DefinitionFacts, VersionFacts } from './custom-kind.ts';
import { rootSchema } from './structural-schema.ts';

const ANYTHING: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export class Version implements Shape {
  readonly facts: DefinitionFacts;
  readonly version: VersionFacts;
  readonly apiVersion: string;
  readonly #read: (name: string) => DefinitionSpec['versions'][number] | undefined;
  #schema: StructuralSchema | undefined;
  #struct: StructSchema | undefined;
  #columns: Column[] | undefined;
  #rules: { validate: Validate | undefined } | undefined;

  constructor(
    facts: DefinitionFacts,
    version: VersionFacts,
    read: (name: string) => DefinitionSpec['versions'][number] | undefined,
  ) {
    this.facts = facts;
    this.version = version;
    this.apiVersion = `${facts.group}/${version.name}`;
    this.#read = read;
  }

  /** Its name in OpenAPI documents: `com.example.v1.Widget`. */
  get definition(): string {
    const { group, names } = this.facts;
    return `${group.split('.').reverse().join('.')}.${this.version.name}.${names.kind}`;
  }

  get preservesAll(): boolean {
    return this.facts.preserveUnknownFields === true;
  }

  /** Kept once it is asked for. */
  get schema(): StructuralSchema {
    this.#schema ??= this.readSchema();
    return this.#schema;
  }

  readSchema(): StructuralSchema {
    if (this.#schema) return this.#schema;
    return this.#read(this.version.name)?.schema?.openAPIV3Schema ?? (this.preservesAll ? ANYTHING : {});
  }

  get struct(): StructSchema {
    this.#struct ??= rootSchema(
      this.preservesAll ? { ...this.schema, 'x-kubernetes-preserve-unknown-fields': true } : this.schema,
      this.definition,
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
