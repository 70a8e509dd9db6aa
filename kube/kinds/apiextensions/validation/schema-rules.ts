/** Rules for schemas that depend on what a definition had before (`validationOptions`). */
import { structuralProblem, validateStructural } from '../../../machinery/structural/rules.ts';
import { type StructuralSchema, schemaHas } from '../../../machinery/structural/schema.ts';
import { mapKeyProblems, nonAtomicItems } from './list-rules.ts';

/** Rules that hold for a create; an update whose old definition breaks one need not keep it (`validationOptions`). */
export interface SchemaRules {
  requireStructural: boolean;
  requirePrunedDefaults: boolean;
  requireValidTypes: boolean;
  requireAtomicSets: boolean;
  requireMapKeys: boolean;
}

export const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** The rules for an update: a rule that one of the old definition's schemas breaks does not hold for the new ones. */
export function rulesForUpdate(schemas: readonly StructuralSchema[]): SchemaRules {
  const none = (test: (schema: StructuralSchema) => boolean) => !schemas.some((schema) => schemaHas(schema, test));
  const areStructural = schemas.every(
    (schema) => structuralProblem(schema) === undefined && validateStructural(schema, '').length === 0,
  );
  return {
    requireStructural: areStructural,
    requirePrunedDefaults: true,
    requireValidTypes: none(({ type }) => Boolean(type) && !TYPES.includes(type ?? '')),
    requireAtomicSets: none(
      (schema) => schema['x-kubernetes-list-type'] === 'set' && nonAtomicItems(schema, '').length > 0,
    ),
    requireMapKeys: none((schema) => mapKeyProblems(schema, '').length > 0),
  };
}

export const RULES_FOR_CREATE: SchemaRules = {
  requireStructural: true,
  requirePrunedDefaults: true,
  requireValidTypes: true,
  requireAtomicSets: true,
  requireMapKeys: true,
};
