/** metav1.DeleteOptions, from the body or the query (apiserver `pkg/endpoints/handlers/delete.go`). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { parseJson } from '../../../kube/machinery/schema/decode-object.ts';
import { badRequest, invalid } from '../errors.ts';
import type { Query } from '../query.ts';
import { checkDryRun } from './options.ts';

export type Propagation = 'Orphan' | 'Foreground' | 'Background';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagation?: Propagation;
  uid?: string;
  resourceVersion?: string;
  dryRun: boolean;
}

interface Raw {
  kind?: unknown;
  gracePeriodSeconds?: unknown;
  propagationPolicy?: unknown;
  orphanDependents?: unknown;
  preconditions?: { uid?: unknown; resourceVersion?: unknown } | null;
  dryRun?: unknown;
}

/** A body wins over the query, as upstream. Throws 400 and 422. */
export function parseDeleteOptions(body: string | undefined, query: Query): DeleteOptions {
  const raw = body ? parseBody(body) : fromQuery(query);
  const errors: FieldError[] = [];
  const policy = raw.propagationPolicy ?? undefined;
  const orphan = raw.orphanDependents ?? undefined;
  if (policy !== undefined && orphan !== undefined) {
    errors.push(
      fieldError.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  }
  if (policy !== undefined && !['Orphan', 'Foreground', 'Background'].includes(String(policy))) {
    errors.push(fieldError.notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  const dryRun = Array.isArray(raw.dryRun) ? raw.dryRun.map(String) : [];
  errors.push(...checkDryRun(dryRun));
  const grace = raw.gracePeriodSeconds ?? undefined;
  if (grace !== undefined && !Number.isInteger(grace)) {
    throw badRequest(
      `json: cannot unmarshal ${typeof grace} into Go struct field DeleteOptions.gracePeriodSeconds of type int64`,
    );
  }
  if (errors.length > 0) throw invalid('DeleteOptions.meta.k8s.io', '', errors);
  return {
    gracePeriodSeconds: grace as number | undefined,
    propagation: (policy ?? (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background')) as Propagation,
    uid: text(raw.preconditions?.uid),
    resourceVersion: text(raw.preconditions?.resourceVersion),
    dryRun: dryRun.length > 0,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseBody(body: string): Raw {
  const parsed = parseJson(body);
  if ('error' in parsed) throw badRequest(`couldn't get version/kind; json parse error: ${parsed.error}`);
  const raw = parsed.value;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw badRequest('the body is no DeleteOptions object');
  const { kind } = raw as Raw;
  if (kind !== undefined && kind !== 'DeleteOptions')
    throw badRequest('decoded object cannot be converted to DeleteOptions');
  return raw as Raw;
}

function fromQuery(query: Query): Raw {
  const grace = query.get('gracePeriodSeconds');
  const orphan = query.get('orphanDependents');
  const dryRun = query.all('dryRun');
  return {
    gracePeriodSeconds: grace ? Number(grace) : undefined,
    propagationPolicy: query.get('propagationPolicy') || undefined,
    orphanDependents: orphan === undefined ? undefined : orphan === 'true' || orphan === '1',
    preconditions: { uid: query.get('preconditions.uid'), resourceVersion: query.get('preconditions.resourceVersion') },
    dryRun: dryRun.length > 0 ? dryRun : undefined,
  };
}
