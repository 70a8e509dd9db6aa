/** TokenReview: whose is a token (upstream `pkg/registry/authentication/tokenreview/storage.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Claims } from '../../../wire/identity.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { badRequest } from '../errors.ts';
import { issuerOfRequest } from '../subresources/token.ts';
import { decodeUnstored } from '../write/decode.ts';
import { parseWriteOptions } from '../write/options.ts';
import { trackFields } from '../write/track-fields.ts';

type Status = Record<string, unknown>;

interface TokenReview extends KubeObject {
  spec?: { token?: string; audiences?: string[] };
  status?: Status;
}

const INVALID = 'invalid bearer token';

export async function reviewToken(call: Call): Promise<ObjectAnswer> {
  const { server } = call;
  const options = parseWriteOptions(call.query, 'CreateOptions');
  const object = decodeUnstored(call, call.kind, options.fieldValidation) as TokenReview;
  object.metadata.managedFields = trackFields(call, undefined, object);
  await server.admission.admit(new Attributes(call, { operation: 'CREATE', object, options }), () => {
    if (!object.spec?.token) throw badRequest('token is required for TokenReview in authentication');
  });
  const { token = '' } = object.spec ?? {};
  // Upstream keeps the fields of the given status that its answer does not set.
  const { authenticated: _, ...given } = object.status ?? {};
  object.status = { user: {}, ...given, ...(await statusOf(call, token, object.spec?.audiences ?? [])) };
  return { type: 'object', code: 201, text: JSON.stringify(object) };
}

async function statusOf({ server, request }: Call, token: string, audiences: readonly string[]): Promise<Status> {
  const claims = await verified(server, token);
  const answer = claims && server.authenticate(claims, { issuer: issuerOfRequest(request), audiences });
  if (!answer?.ok) return { error: answer?.why === undefined ? INVALID : `[${INVALID}, ${answer.why}]` };
  const { name: username, uid, groups, extra } = answer.user;
  return {
    authenticated: true,
    user: { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) },
    audiences: answer.audiences,
  };
}

/**
 * undefined for a text that no key of the service has signed, or whose time is over; for an account's token that the
 * account has revoked, of which a cluster hears only where the token has reached it; and for a session of the dashboard,
 * which counts in a browser's cookie alone.
 */
async function verified({ identity, clock }: Call['server'], token: string): Promise<Claims | undefined> {
  try {
    const claims = await identity.keys().verify(token, clock.now());
    if (claims.use === 'session' || claims.use === 'forward') return undefined;
    if (claims.use === 'account' && claims.account !== undefined) {
      return (await identity.hasToken(claims.account, claims.jti)) ? claims : undefined;
    }
    return claims;
  } catch {
    return undefined;
  }
}
