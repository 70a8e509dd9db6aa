/** Conflicts of an apply, as clients are told of them (apimachinery `pkg/util/managedfields/internal/conflict.go`). */

import { goQuote } from '../schema/go-names.ts';
import type { StatusCause } from '../status.ts';
import type { Conflict } from './managed-fields.ts';
import { pathTexts } from './sets/path.ts';

export interface ConflictReport {
  message: string;
  causes: StatusCause[];
}

export function reportConflicts(conflicts: readonly Conflict[]): ConflictReport {
  const told = conflicts
    .map(({ manager: { entry }, set }) => ({
      text: managerText(entry),
      sort: JSON.stringify(entry),
      paths: pathTexts(set),
    }))
    .sort((a, b) => (a.sort < b.sort ? -1 : 1));
  const causes = told.flatMap(({ text, paths }) =>
    paths.map((field): StatusCause => ({ reason: 'FieldManagerConflict', message: `conflict with ${text}`, field })),
  );
  const [only] = told;
  if (causes.length === 1 && only) {
    return { message: `Apply failed with 1 conflict: conflict with ${only.text}: ${only.paths[0]}`, causes };
  }
  const lines = told.flatMap(({ text, paths }) => [`conflicts with ${text}:`, ...paths.map((path) => `- ${path}`)]);
  return { message: `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`, causes };
}

function managerText({ manager = '', operation, apiVersion, subresource }: Conflict['manager']['entry']): string {
  const named = `${goQuote(manager)}${subresource ? ` with subresource ${goQuote(subresource)}` : ''}`;
  return operation === 'Update' ? `${named} using ${apiVersion}` : named;
}
