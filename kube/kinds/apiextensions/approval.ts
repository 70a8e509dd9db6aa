/**
 * Groups of the Kubernetes community are approved, or say that they are not (apiextensions
 * `pkg/apihelpers/helpers.go`, `pkg/controller/apiapproval`).
 */
import { isRequestURI } from '../../machinery/structural/validate/uri-and-mail.ts';
import type { CustomResourceDefinition } from './types.ts';

export const APPROVED = 'api-approved.kubernetes.io';

export interface Approval {
  state: 'invalid' | 'approved' | 'bypassed' | 'missing';
  reason: string;
}

/** undefined for a group that is not protected. */
export function approvalOf({ metadata, spec }: CustomResourceDefinition): Approval | undefined {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)) return undefined;
  const text = metadata.annotations?.[APPROVED] ?? '';
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  const must = `protected groups must have approval annotation "${APPROVED}"`;
  if (text === '') return { state: 'missing', reason: `${must}, ${see}` };
  if (text.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${JSON.stringify(text)}` };
  if (isRequestURI(text) && /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#]/.test(text)) {
    return { state: 'approved', reason: `approved in ${text}` };
  }
  return {
    state: 'invalid',
    reason: `${must} with either a URL or a reason starting with "unapproved", ${see}`,
  };
}
