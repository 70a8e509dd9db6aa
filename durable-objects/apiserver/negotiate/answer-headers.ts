/** The headers that all answers have, whatever the verb. */
import type { Query } from '../query.ts';
import type { ApiAnswer, ApiRequest } from '../request.ts';
import { warningHeader } from '../warnings.ts';
import { indent, isPretty } from './pretty.ts';
import { JSON_TYPE } from './respond.ts';

/** A request whose answer is ready. */
export interface AnsweredRequest {
  request: ApiRequest;
  query: Query;
  auditID: string;
  warnings: readonly string[];
  /** UIDs of the FlowSchema and PriorityLevelConfiguration that the request fell under. */
  flow: { schema: string; level: string } | undefined;
}

/** The same answer with those headers, and indented where the client asks for that. */
export function withHeaders(answer: ApiAnswer, answered: AnsweredRequest): ApiAnswer {
  const { request, query, auditID, warnings, flow } = answered;
  const headers = headersOf(answer);
  if (!headers) return answer;
  headers['audit-id'] = auditID;
  if (flow) {
    headers['x-kubernetes-pf-flowschema-uid'] = flow.schema;
    headers['x-kubernetes-pf-prioritylevel-uid'] = flow.level;
  }
  headers['cache-control'] ??= 'no-cache, private';
  if (answer.type === 'stream') return answer;
  const warning = warningHeader(warnings);
  if (warning !== undefined) headers.warning = warning;
  if (answer.type !== 'response') return answer;
  headers['content-type'] ??= JSON_TYPE;
  if (headers['content-type'] === JSON_TYPE && isPretty(request, query)) {
    const { body } = answer;
    answer.body = typeof body === 'string' ? [...indent([body])].join('') : indent(body);
  }
  return answer;
}

/** The headers to add to; of a stream, those that the answer of the other API server is given beside its own. */
function headersOf(answer: ApiAnswer): Record<string, string> | undefined {
  if (answer.type === 'response' || answer.type === 'watch') return answer.headers;
  return answer.type === 'stream' ? answer.http?.answerHeaders : undefined;
}
