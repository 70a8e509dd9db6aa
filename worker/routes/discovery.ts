/**
 * The discovery of a cluster as the issuer of its service accounts' tokens (upstream `pkg/serviceaccount/
 * openidmetadata.go`, `pkg/routes/openidmetadata.go`). Public, and answered without waking anything: a relying party
 * needs no more than the issuer's URL, and nothing of it is secret.
 */
import { type EdgeRequest, type EdgeResponse, respond } from '../env.ts';
import { methodNotAllowed } from '../statuses.ts';

export const DISCOVERY_PATH = '/.well-known/openid-configuration';
export const KEYS_PATH = '/openid/v1/jwks';
const CACHED = 'public, max-age=3600';

export function discoveryDocument(issuer: string, { method }: Pick<EdgeRequest, 'method'>): EdgeResponse {
  if (method !== 'GET') return methodNotAllowed();
  const document = {
    issuer,
    jwks_uri: `${issuer}${KEYS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
  return respond(JSON.stringify(document), {
    headers: { 'Content-Type': 'application/json', 'Cache-Control': CACHED },
  });
}

export function keyDocument(keys: object): EdgeResponse {
  return respond(JSON.stringify(keys), {
    headers: { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': CACHED },
  });
}
