/** The descriptions that OpenAPI documents carry, so that `kubectl explain` has something to say. */

import { ENUMS } from '../../kube/generated/enums.ts';
import type { Descriptions } from '../../kube/machinery/openapi/definitions.ts';
import { builtInKinds, definitionNames, schemaOf } from '../../kube/machinery/schema/resolve.ts';
import type { Schema } from '../../kube/machinery/schema/schema.ts';
import { openPublishedModels } from './published-models.ts';

/**
 * The published models say nothing of fields whose type is another model, so those take that type's description. Such a
 * type then says nothing itself, unless it is a kind or in a list too: `kubectl explain` prints both.
 */
export function publishedDescriptions(): Descriptions {
  const models = openPublishedModels();
  const silent = fieldTypesOnly();
  const describe = (definition: string): string | undefined => models.find(definition)?.description || undefined;
  const enums = new Map(
    ENUMS.trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
  return {
    valuesOf: (goType) => enums.get(goType)?.split(','),
    ofType: (definition) => (silent.has(definition) ? undefined : describe(definition)),
    ofField(definition, field) {
      const published = models.find(definition)?.fields.get(field)?.description;
      if (published) return published;
      const schema = schemaOf(definition).fields.get(field)?.schema;
      return schema?.type === 'struct' ? describe(schema.name) : undefined;
    },
  };
}

function fieldTypesOnly(): Set<string> {
  const ofFields = new Set<string>();
  const others = new Set<string>([...builtInKinds()].map((kind) => kind.definition));
  const visit = (schema: Schema, isField: boolean): void => {
    if (schema.type === 'struct') (isField ? ofFields : others).add(schema.name);
    else if (schema.type === 'list') visit(schema.items, false);
    else if (schema.type === 'map') visit(schema.values, false);
  };
  for (const name of definitionNames()) for (const field of schemaOf(name).fields.values()) visit(field.schema, true);
  return new Set([...ofFields].filter((name) => !others.has(name)));
}
