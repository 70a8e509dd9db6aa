/** Columns that policies and webhook configurations share. */
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { selectorText, UNSET } from '../columns/text.ts';
import type { Column } from '../define.ts';

type AnyWebhooks = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;
type AnyPolicy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;
type AnyBinding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;

export const webhookColumns: readonly Column[] = [
  nameColumn,
  countColumn<AnyWebhooks>('Webhooks', 'How many webhooks there are.', ({ webhooks }) => webhooks?.length),
  ageColumn,
];

export const paramKindColumn: Column = column<AnyPolicy>('ParamKind', 'Kind of its parameters.', ({ spec }) =>
  spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : UNSET,
);

function paramRef({ spec }: AnyBinding): string {
  const reference = spec?.paramRef;
  if (!reference) return UNSET;
  // Whether the parameter lives in a namespace can't be told from here.
  if (reference.name) return `${reference.namespace || '*'}/${reference.name}`;
  return selectorText(reference.selector, '<error>');
}

export const policyBindingColumns: readonly Column[] = [
  nameColumn,
  column<AnyBinding>('PolicyName', 'Policy that is bound.', ({ spec }) => spec?.policyName ?? ''),
  column('ParamRef', 'Parameters it is bound to.', paramRef),
  ageColumn,
];
