/**
 * Rules when a definition is written: they compile, and the largest cost that they can have is within bounds
 * (apiextensions `pkg/apis/apiextensions/validation/validation.go`, `cel_validation.go`).
 */
import { type FieldError, fieldError } from '../../field-error.ts';
import { maxCardinality, type Rule, type SchemaProps } from '../schema/schema.ts';
import { type CompiledRule, compileRule, nodeTypes } from './compile-rule.ts';

const RULE_LIMIT = 10_000_000;
const TOTAL_LIMIT = 100_000_000;
const MAX_UINT = 2 ** 64;

/** Rules that a rule's cost is due to are named, the four most expensive. */
const NAMED_RULES = 4;

/** `path` is that of the schema, as `spec.validation.openAPIV3Schema`. The schema is structural. */
export function checkRules(schema: SchemaProps, path: string): FieldError[] {
  const checker = new RuleChecker();
  checker.node(schema, path, { root: true, cardinality: 1, uncorrelatable: undefined });
  const { errors, total, expensive } = checker;
  if (total <= TOTAL_LIMIT) return errors;
  const contributed = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  for (const rule of expensive) errors.push(fieldError.forbidden(rule.path, contributed));
  const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  errors.push(fieldError.forbidden(path, costText(name, total, TOTAL_LIMIT)));
  return errors;
}

interface Place {
  root: boolean;
  /** How many such nodes an object may have; undefined where nothing bounds them. */
  cardinality: number | undefined;
  /** The path of the list above whose items have no predecessor. */
  uncorrelatable: string | undefined;
}

class RuleChecker {
  readonly errors: FieldError[] = [];
  expensive: { path: string; cost: number }[] = [];
  total = 0;

  node(schema: SchemaProps, path: string, place: Place): void {
    const { properties = {}, additionalProperties, items } = schema;
    const times = maxElements(schema);
    const { cardinality, uncorrelatable } = place;
    const inner: Place = {
      root: false,
      cardinality: cardinality === undefined || times === undefined ? undefined : cardinality * times,
      uncorrelatable,
    };
    if (typeof additionalProperties === 'object') {
      this.node(additionalProperties, `${path}.additionalProperties`, inner);
    }
    for (const [name, property] of Object.entries(properties))
      this.node(property, `${path}.properties[${name}]`, inner);
    if (items) {
      const keyed = schema['x-kubernetes-list-type'] === 'map';
      this.node(items, `${path}.items`, {
        ...inner,
        uncorrelatable: keyed ? uncorrelatable : (uncorrelatable ?? path),
      });
    }
    this.rules(schema, path, place);
  }

  private rules(schema: SchemaProps, path: string, { root, cardinality, uncorrelatable }: Place): void {
    const rules = schema['x-kubernetes-validations'] ?? [];
    if (rules.length === 0) return;
    const types = nodeTypes(schema, root || schema['x-kubernetes-embedded-resource'] === true);
    if (!types) {
      const what = 'failed to construct type information for x-kubernetes-validations rules';
      const why = 'unable to convert structural schema to CEL declarations';
      const detail = `internal error: ${what}: ${why}`;
      this.errors.push({ type: 'InternalError', field: `${path}.x-kubernetes-validations`, detail });
      return;
    }
    const times = cardinality ?? maxCardinality(types.decl.minSize);
    for (const [i, rule] of rules.entries()) {
      const compiled = compileRule(schema, rule, types);
      this.rule(compiled, `${path}.x-kubernetes-validations[${i}]`, times, uncorrelatable);
    }
  }

  private rule(compiled: CompiledRule, path: string, times: number, uncorrelatable: string | undefined): void {
    const { errors } = this;
    const { rule, error, messageError, messageMaxCost, maxCost } = compiled;
    const cost = maxCost === 0 ? 0 : Math.min(maxCost * times, MAX_UINT);
    if (cost > RULE_LIMIT) {
      errors.push(fieldError.forbidden(`${path}.rule`, costText('estimated rule cost', cost, RULE_LIMIT)));
    }
    this.observe(`${path}.rule`, cost);
    if (error !== undefined) errors.push(fieldError.invalid(`${path}.rule`, internalForm(rule), error));
    if (messageError !== undefined) {
      errors.push(fieldError.invalid(`${path}.messageExpression`, internalForm(rule), messageError));
    } else if (compiled.message) {
      const at = `${path}.messageExpression`;
      if (messageMaxCost > RULE_LIMIT) {
        const text = costText('estimated messageExpression cost', messageMaxCost, RULE_LIMIT);
        errors.push(fieldError.forbidden(at, text));
      }
      this.observe(at, messageMaxCost);
    }
    if (compiled.usesOldSelf) {
      if (uncorrelatable === undefined) return;
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
      errors.push(fieldError.invalid(`${path}.rule`, rule.rule, why));
    } else if (rule.optionalOldSelf !== undefined) {
      const why = 'may not be set if oldSelf is not used in rule';
      errors.push(fieldError.invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, why));
    }
  }

  private observe(path: string, cost: number): void {
    this.total = Math.min(this.total + cost, MAX_UINT);
    if (cost < TOTAL_LIMIT / 100) return;
    this.expensive = [...this.expensive, { path, cost }].sort((a, b) => b.cost - a.cost).slice(0, NAMED_RULES);
  }
}

/** How many of its members a node has at most. */
function maxElements({ type, additionalProperties, maxProperties, maxItems }: SchemaProps): number | undefined {
  if (type === 'array') return maxItems && Math.max(Number(maxItems), 0);
  if (type === 'object' && additionalProperties !== undefined)
    return maxProperties && Math.max(Number(maxProperties), 0);
  return 1;
}

function costText(name: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const text = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  return `${name} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** A rule as errors print it: upstream's internal type has no names for JSON. */
function internalForm({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: Rule): object {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}
