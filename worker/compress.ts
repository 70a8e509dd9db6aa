/**
 * Answers in gzip, for clients that take it (apiserver `pkg/endpoints/handlers/responsewriters` SerializeObject). The
 * runtime compresses what is sent under this header. In front of a deployment Cloudflare would compress JSON by itself,
 * and protobuf not.
 */
import { acceptsGzip, LONG_HEADER } from '../wire/compression.ts';
import { type EdgeResponse, respond } from './env.ts';

export function compressed(answer: EdgeResponse, acceptEncoding: string | null): EdgeResponse {
  // The object marks an answer only where the client takes gzip.
  if (!acceptsGzip(acceptEncoding) || !answer.headers.has(LONG_HEADER)) return answer;
  const all: Record<string, string> = {};
  for (const [name, value] of answer.headers) if (name !== LONG_HEADER && name !== 'content-length') all[name] = value;
  all.vary = all.vary === undefined ? 'Accept-Encoding' : `Accept-Encoding, ${all.vary}`;
  all['content-encoding'] = 'gzip';
  return respond(answer.body as unknown as BodyInit, { status: answer.status, headers: all });
}
