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

/** Warnings in upstream's words; none where all types fit, and where no rule names a kind. */
export function typeWarnings(
  { spec = {} }: ValidatingAdmissionPolicy,
  kinds: readonly TypedKind[],
): ExpressionWarning[] {
  const { validations = [], paramKind } = spec;
  const params = kinds.find(({ apiVersion, kind }) => apiVersion === paramKind?.apiVersion && kind === paramKind.kind);
  const checkers = kindsToCheck(spec, kinds).map((kind) => checkerOf(kind, spec, params));
  return validations.flatMap(({ expression, messageExpression }, i) =>
    [
      { fieldRef: `spec.validations[${i}].expression`, source: expression },
      { fieldRef: `spec.validations[${i}].messageExpression`, source: messageExpression ?? '' },
    ].flatMap(({ fieldRef, source }) => {
      if (source === '') return [];
      const warnings = checkers.flatMap((check) => check(source) ?? []);
      return warnings.length === 0 ? [] : [{ fieldRef, warning: warnings.join('\n') }];
    }),
  );
}

type Checker = (source: string) => string | undefined;

function checkerOf(kind: TypedKind, { paramKind, variables = [] }: Spec, params: TypedKind | undefined): Checker {
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
