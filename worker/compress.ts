/**
 * Answers in gzip, for clients that take it (apiserver `pkg/endpoints/handlers/responsewriters` SerializeObject). The
 * runtime compresses what is sent under this header. In front of a deployment Cloudflare would compress JSON by itself,
 * and protobuf not.
 */
import { type EdgeResponse, respond } from './env.ts';

/** Bytes from which on upstream compresses. The length of a stream is not known, and it is no short one. */
const THRESHOLD = 128 * 1024;

export function compressed(answer: EdgeResponse, acceptEncoding: string | null): EdgeResponse {
  if (!acceptsGzip(acceptEncoding) || answer.body === null || answer.webSocket) return answer;
  const { headers, status } = answer;
  const length = headers.get('content-length');
  if ((length !== null && Number(length) <= THRESHOLD) || headers.has('content-encoding')) return answer;
  const all: Record<string, string> = {};
  for (const [name, value] of headers) if (name !== 'content-length') all[name] = value;
  const { vary } = all;
  all.vary = vary === undefined ? 'Accept-Encoding' : `Accept-Encoding, ${vary}`;
  all['content-encoding'] = 'gzip';
  return respond(answer.body as unknown as BodyInit, { status, headers: all });
}

/** Upstream looks for the word, and at no weight. */
function acceptsGzip(header: string | null): boolean {
  if (header === null || !header.includes('gzip')) return false;
  return header.split(',').some((token) => token.trim() === 'gzip');
}
