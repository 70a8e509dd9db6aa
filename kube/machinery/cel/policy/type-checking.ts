/**
 * The types of a validating policy's expressions, for each kind that its rules name (apiserver
 * `pkg/admission/plugin/policy/validating/typechecking.go`).
 */
import type { ValidatingAdmissionPolicy } from '../../../types.ts';
import type { StructSchema } from '../../schema/schema.ts';
import { DYN } from '../check/type.ts';
import { checkExpression } from '../compile.ts';
import { DeclaredTypes } from '../schema/declared-types.ts';
import { type PolicyOptions, policyEnvironment, variableType } from './environment.ts';

const MAX_TYPES = 10;

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type Rule = NonNullable<NonNullable<Spec['matchConstraints']>['resourceRules']>[number];

/** A kind that the cluster serves, as far as types go. */
export interface TypedKind {
  group: string;
  version: string;
  kind: string;
  apiVersion: string;
  plural: string;
  singular: string;
  schema: StructSchema;
}

export interface ExpressionWarning {
  fieldRef: string;
  warning: string;
}

/**
 * Characters of all warnings, beyond which no more are told: upstream has no limit, and its status of a policy that is wrong
 * throughout is too large to be stored.
 */
const MAX_WARNED = 256 * 1024;
const TOO_MANY = 'too many warnings: what follows is not checked';

/**
 * Warnings in upstream's words; none where all types fit, and where no rule names a kind. Yields the characters that it
 * has checked, after each expression, so that a policy of thousands is checked piece by piece.
 */
export function* typeWarnings(
  { spec = {} }: ValidatingAdmissionPolicy,
  kinds: readonly TypedKind[],
): Generator<number, ExpressionWarning[]> {
  const { validations = [], paramKind } = spec;
  const params = kinds.find(({ apiVersion, kind }) => apiVersion === paramKind?.apiVersion && kind === paramKind.kind);
  const checkers: Checker[] = [];
  for (const kind of kindsToCheck(spec, kinds)) checkers.push(yield* checkerOf(kind, spec, params));
  const found: ExpressionWarning[] = [];
  let warned = 0;
  for (const [i, { expression, messageExpression = '' }] of validations.entries()) {
    for (const [name, source] of Object.entries({ expression, messageExpression })) {
      if (source === '') continue;
      const warnings: string[] = [];
      for (const check of checkers) {
        const warning = check(source);
        if (warning !== undefined) warnings.push(warning);
        yield source.length;
      }
      if (warnings.length === 0) continue;
      const fieldRef = `spec.validations[${i}].${name}`;
      const warning = warnings.join('\n');
      warned += warning.length;
      found.push({ fieldRef, warning: warned > MAX_WARNED ? TOO_MANY : warning });
      if (warned > MAX_WARNED) return found;
    }
  }
  return found;
}

type Checker = (source: string) => string | undefined;

function* checkerOf(
  kind: TypedKind,
  { paramKind, variables = [] }: Spec,
  params: TypedKind | undefined,
): Generator<number, Checker> {
  const types = new DeclaredTypes();
  const object = types.declare(kind.kind, kind.schema);
  // Both may be of one kind, and are of two types all the same.
  const paramsType = params ? types.declare(`${params.kind}.params`, params.schema) : DYN;
  const known = new Map<string, ReturnType<typeof variableType>>();
  const options: PolicyOptions = {
    params: paramKind !== undefined,
    authorizer: true,
    variables: known,
    typed: { object, params: paramsType, fieldsOf: (type) => types.fieldsOf(type) },
  };
  for (const { name, expression } of variables) {
    const checked = checkExpression(expression, policyEnvironment(options));
    known.set(name, 'issues' in checked ? DYN : variableType(checked.type));
    yield expression.length;
  }
  return (source) => {
    const checked = checkExpression(source, policyEnvironment(options));
    return 'issues' in checked ? `${kind.group}/${kind.version}, Kind=${kind.kind}: ${checked.issues}\n` : undefined;
  };
}

/** By group, version and kind. Rules with a wildcard of groups or versions name none. */
function kindsToCheck({ matchConstraints }: Spec, kinds: readonly TypedKind[]): TypedKind[] {
  const found = new Set<TypedKind>();
  for (const rule of matchConstraints?.resourceRules ?? []) {
    let count = 0;
    for (const kind of namedBy(rule, kinds)) {
      found.add(kind);
      if (++count === MAX_TYPES) return sorted(found);
    }
  }
  return sorted(found);
}

function* namedBy({ apiGroups = [], apiVersions = [], resources = [] }: Rule, kinds: readonly TypedKind[]) {
  if ([...apiGroups, ...apiVersions].some((name) => name.includes('*'))) return;
  const plain = resources.filter((name) => !/[*/]/.test(name));
  for (const group of [...apiGroups].sort()) {
    for (const version of [...apiVersions].sort()) {
      for (const resource of [...plain].sort()) {
        // The core group is the empty text, which upstream's mapper takes for any.
        yield* kinds.filter(
          (kind) =>
            (group === '' || kind.group === group) &&
            kind.version === version &&
            (kind.plural === resource || kind.singular === resource),
        );
      }
    }
  }
}

function sorted(kinds: ReadonlySet<TypedKind>): TypedKind[] {
  const order = ({ group, version, kind }: TypedKind) => [group, version, kind];
  return [...kinds].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    const at = left.findIndex((part, i) => part !== right[i]);
    if (at < 0) return 0;
    return (left[at] as string) < (right[at] as string) ? -1 : 1;
  });
}
