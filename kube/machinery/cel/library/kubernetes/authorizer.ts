/** Checks of access in policies (apiserver `pkg/cel/library/authz.go`). */
import { isDNS1123Label, isDNS1123Subdomain } from '../../../names.ts';
import { structType, type Type } from '../../check/type.ts';
import { CelError, Foreign, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';
import { trimSpace } from '../standard/strings.ts';

/** The question: a path, or a resource. */
export interface AccessQuestion {
  user: { name: string; groups: readonly string[] } | undefined;
  verb: string;
  path?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  fieldSelector?: string;
  labelSelector?: string;
}

export interface AccessDecision {
  allowed: boolean;
  reason: string;
  error?: string;
}

/** Decides for the requesting user, or for the one that is named. */
export type Ask = (question: AccessQuestion) => AccessDecision;

const NAMESPACE = 'kubernetes.authorization';
const AUTHORIZER_TYPE = `${NAMESPACE}.Authorizer`;
const CHECK_TYPE = `${NAMESPACE}.ResourceCheck`;
const DECISION_TYPE = `${NAMESPACE}.Decision`;

/** An authorizer, and what has been said of the question so far. */
class Check extends Foreign {
  readonly type: Type;
  readonly ask: Ask;
  readonly question: Omit<AccessQuestion, 'verb'>;
  constructor(type: string, ask: Ask, question: Omit<AccessQuestion, 'verb'>) {
    super();
    this.type = structType(`${NAMESPACE}.${type}`);
    this.ask = ask;
    this.question = question;
  }
  with(type: string, more: Partial<AccessQuestion>): Check {
    return new Check(type, this.ask, { ...this.question, ...more });
  }
  equals(other: Value): boolean {
    return this === other;
  }
  toString(): string {
    return this.type.name;
  }
}

class Decision extends Foreign {
  readonly type: Type = structType(DECISION_TYPE);
  readonly decision: AccessDecision;
  constructor(decision: AccessDecision) {
    super();
    this.decision = decision;
  }
  equals(other: Value): boolean {
    return this === other;
  }
  toString(): string {
    return this.type.name;
  }
}

export function authorizerValue(ask: Ask): Value {
  return new Check('Authorizer', ask, { user: undefined });
}

/** `authorizer.requestResource` */
export function resourceCheckValue(ask: Ask, question: Omit<AccessQuestion, 'verb' | 'user'>): Value {
  return new Check('ResourceCheck', ask, { user: undefined, ...question });
}

const refine = (field: keyof AccessQuestion) => (check: Check, value: string) =>
  check.with('ResourceCheck', { [field]: value });
const decide = (check: Check, verb: string) => new Decision(check.ask({ ...check.question, verb }));
const refining = (id: string, field: keyof AccessQuestion) => [
  overload(id, `.${CHECK_TYPE}, string -> ${CHECK_TYPE}`, refine(field)),
];

const isBlank = (text: string) => trimSpace(text) === '';

/** Upstream takes the account to be in the groups of accounts alone, not in `system:authenticated`. */
function serviceAccount(check: Check, namespace: string, name: string): Value {
  if (isDNS1123Subdomain(name).length > 0) return new CelError('Invalid service account name');
  if (isDNS1123Label(namespace).length > 0) return new CelError('Invalid service account namespace');
  return check.with('Authorizer', {
    user: {
      name: `system:serviceaccount:${namespace}:${name}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    },
  });
}

export const AUTHORIZER: Library = {
  path: [
    overload(
      'authorizer_path',
      `.${AUTHORIZER_TYPE}, string -> ${NAMESPACE}.PathCheck`,
      (check: Check, path: string) =>
        isBlank(path) ? new CelError('path must not be empty') : check.with('PathCheck', { path }),
    ),
  ],
  group: [
    overload(
      'authorizer_group',
      `.${AUTHORIZER_TYPE}, string -> ${NAMESPACE}.GroupCheck`,
      (check: Check, group: string) => check.with('GroupCheck', { group }),
    ),
  ],
  serviceAccount: [
    overload('authorizer_serviceaccount', `.${AUTHORIZER_TYPE}, string, string -> ${AUTHORIZER_TYPE}`, serviceAccount),
  ],
  resource: [
    overload(
      'groupcheck_resource',
      `.${NAMESPACE}.GroupCheck, string -> ${CHECK_TYPE}`,
      (check: Check, resource: string) =>
        isBlank(resource) ? new CelError('resource must not be empty') : check.with('ResourceCheck', { resource }),
    ),
  ],
  subresource: refining('resourcecheck_subresource', 'subresource'),
  namespace: refining('resourcecheck_namespace', 'namespace'),
  name: refining('resourcecheck_name', 'name'),
  fieldSelector: refining('authorizer_fieldselector', 'fieldSelector'),
  labelSelector: refining('authorizer_labelselector', 'labelSelector'),
  check: [
    overload('pathcheck_check', `.${NAMESPACE}.PathCheck, string -> ${DECISION_TYPE}`, decide),
    overload('resourcecheck_check', `.${CHECK_TYPE}, string -> ${DECISION_TYPE}`, decide),
  ],
  allowed: [overload('decision_allowed', `.${DECISION_TYPE} -> bool`, ({ decision }: Decision) => decision.allowed)],
  reason: [overload('decision_reason', `.${DECISION_TYPE} -> string`, ({ decision }: Decision) => decision.reason)],
  errored: [
    overload('decision_errored', `.${DECISION_TYPE} -> bool`, ({ decision }: Decision) => decision.error !== undefined),
  ],
  error: [overload('decision_error', `.${DECISION_TYPE} -> string`, ({ decision }: Decision) => decision.error ?? '')],
};
