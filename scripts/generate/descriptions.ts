/** The descriptions that OpenAPI documents carry, so that `kubectl explain` has something to say. */
import { ENUMS } from '../../kube/generated/enums.ts';
import type { Descriptions, OpenApiSchema } from '../../kube/machinery/openapi/definitions.ts';
import type { ConnectOptions, DescribedParameter } from '../../kube/machinery/openapi/parameters.ts';
import { schemaOf } from '../../kube/machinery/schema/resolve.ts';
import type { Schema } from '../../kube/machinery/schema/schema.ts';
import committed from './descriptions.json' with { type: 'json' };
import { openPublishedModels } from './published-models.ts';

/** The texts of `descriptions.json`, beside those of `@kubernetes/client-node`; `openapi-texts.ts` makes it. */
export interface Texts {
  /** `core.v1.ServiceType` → the meanings of its values, a line each. */
  enums: Record<string, string>;
  /** Text → `definition` or `definition#field`. */
  texts: Record<string, string[]>;
  /** Fields whose description is without those meanings. */
  plain: string[];
  /** By `definition` or `definition#field`: what its extensions have beyond its type; null: not. */
  extensions: Record<string, OpenApiSchema>;
  /** `apps/v1`: all of upstream's scheme, in whose versions options of deletes are. */
  groupVersions: string[];
  /** By kind of options (`PodExecOptions`): the parameters of connections, by name. */
  connect: Record<string, Record<string, DescribedParameter>>;
}

export const ENUM_HEADING = '\n\nPossible enum values:\n';

/** The named type whose values a field takes. */
export function enumType(schema: Schema): string | undefined {
  if (schema.type === 'list') return enumType(schema.items);
  return schema.type === 'string' ? schema.goType : undefined;
}

export function publishedDescriptions(): Descriptions {
  const models = openPublishedModels();
  const { enums, texts, plain, extensions, groupVersions } = committed as unknown as Texts;
  const own = new Map(Object.entries(texts).flatMap(([text, names]) => names.map((name) => [name, text] as const)));
  const values = new Map(
    ENUMS.trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
  return {
    valuesOf: (goType) => values.get(goType)?.split(','),
    extensionsOf: (name) => extensions[name],
    groupVersions: groupVersions.map((one) => {
      const [group = '', version = ''] = one.split('/');
      return { group, version };
    }),
    ofType: (definition) => (own.get(definition) ?? models.find(definition)?.description) || undefined,
    ofField(definition, field) {
      const text = own.get(`${definition}#${field}`) ?? models.find(definition)?.fields.get(field)?.description;
      const schema = schemaOf(definition).fields.get(field)?.schema;
      const type = plain.includes(`${definition}#${field}`) ? undefined : schema && enumType(schema);
      const meanings = enums[type ?? ''];
      return meanings === undefined ? text || undefined : `${text ?? ''}${ENUM_HEADING}${meanings}`;
    },
  };
}

/** The parameters of connections to pods, services and nodes. */
export function connectOptions(): ConnectOptions {
  const { connect } = committed as unknown as Texts;
  return Object.fromEntries(
    Object.entries(connect).map(([options, parameters]) => [
      options,
      Object.entries(parameters).map(([name, described]) => ({ name, in: 'query' as const, ...described })),
    ]),
  );
}
