/** The front door. A cluster's requests go straight through; everything else is in the table below. */
import { type IRequest, Router } from 'itty-router';
import { failure } from '../kube/machinery/status.ts';
import { issuerOf } from '../wire/issuer.ts';
import { identify, isRefused } from './auth/authenticate.ts';
import { localHost } from './auth/keys.ts';
import type { EdgeRequest, EdgeResponse, Env } from './env.ts';
import { serveForward } from './forwards/serve.ts';
import { siteNamed } from './forwards/site.ts';
import { clusterOf, hostOf, locate, malformedEscape } from './location.ts';
import { serveAs, serveCluster } from './routes/cluster.ts';
import { serveDashboard } from './routes/dashboard.ts';
import { beginDevice } from './routes/device/begin.ts';
import { decideDevice, lookAtDevice } from './routes/device/decide.ts';
import { pollDevice } from './routes/device/poll.ts';
import { DISCOVERY_PATH, discoveryDocument } from './routes/discovery.ts';
import { answerAtEdge, edgeOptions } from './routes/edge.ts';
import { acceptLink, offerOfLink } from './routes/links.ts';
import { openAccount } from './routes/management/accounts.ts';
import {
  clusterToken,
  createCluster,
  deleteCluster,
  forkCluster,
  importCluster,
  leaveCluster,
  listClusters,
  listDeletedClusters,
  undeleteCluster,
} from './routes/management/clusters.ts';
import {
  createAccountToken,
  dashboardCode,
  listAccountTokens,
  revokeAccountToken,
} from './routes/management/credentials.ts';
import { closeForward, listForwards } from './routes/management/forwards.ts';
import { listIdentities, removeIdentity } from './routes/management/identities.ts';
import { acceptOffer, offerCluster } from './routes/management/moves.ts';
import { listPasskeys, removePasskey, renamePasskey } from './routes/management/passkeys.ts';
import { profile, renameAccount } from './routes/management/profile.ts';
import { newRecoveryCodes, recoveryCodes } from './routes/management/recovery-codes.ts';
import { usage } from './routes/management/usage.ts';
import { manifest } from './routes/manifest.ts';
import { addPasskey, addPasskeyOptions } from './routes/session/add-passkey.ts';
import { methods } from './routes/session/methods.ts';
import { beginOidc, oidcCallback } from './routes/session/oidc.ts';
import { passkeySignIn, passkeySignInOptions } from './routes/session/passkey.ts';
import { recovery } from './routes/session/recovery.ts';
import { signOut } from './routes/session/sign-out.ts';
import { visitor } from './routes/session/visitor.ts';
import { closePrototypes } from './shared-prototypes.ts';
import { failed, logged, negotiated, notFound, statusResponse, unauthorized } from './statuses.ts';

export { Account } from '../durable-objects/account.ts';
export { Address } from '../durable-objects/address.ts';
export { Cluster } from '../durable-objects/cluster.ts';
export { DeviceGrant } from '../durable-objects/device-grant.ts';
export { Identity } from '../durable-objects/identity.ts';
export { StreamSession } from '../durable-objects/stream-session.ts';

closePrototypes(globalThis);

const router = Router<IRequest, [Env]>();
type Answer = EdgeResponse | undefined;
const route = (handler: (request: EdgeRequest, env: Env) => Promise<Answer> | Answer) =>
  handler as unknown as (request: IRequest, env: Env) => Promise<Answer>;

router
  .post('/islet/v1/session/visitor', route(visitor))
  .get('/islet/v1/session/methods', route(methods))
  .post('/islet/v1/session/passkey/options', route(passkeySignInOptions))
  .post('/islet/v1/session/passkey', route(passkeySignIn))
  .post('/islet/v1/session/recovery', route(recovery))
  .get('/islet/v1/session/oidc/:provider', route(beginOidc))
  .get('/islet/v1/session/oidc/:provider/callback', route(oidcCallback))
  .post('/islet/v1/device', route(beginDevice))
  .get('/islet/v1/device', route(lookAtDevice))
  .post('/islet/v1/device/token', route(pollDevice))
  .post('/islet/v1/device/decision', route(decideDevice))
  .get('/islet/v1/identities', route(listIdentities))
  .delete('/islet/v1/identities/:name', route(removeIdentity))
  .delete('/islet/v1/session', route(signOut))
  .get('/islet/v1/forwards', route(listForwards))
  .delete('/islet/v1/forwards/:name', route(closeForward))
  .get('/islet/v1/passkeys', route(listPasskeys))
  .post('/islet/v1/passkeys/options', route(addPasskeyOptions))
  .post('/islet/v1/passkeys', route(addPasskey))
  .patch('/islet/v1/passkeys/:name', route(renamePasskey))
  .delete('/islet/v1/passkeys/:name', route(removePasskey))
  .get('/islet/v1/recovery-codes', route(recoveryCodes))
  .post('/islet/v1/recovery-codes', route(newRecoveryCodes))
  .get('/islet/v1/profile', route(profile))
  .get('/islet/v1/usage', route(usage))
  .patch('/islet/v1/profile', route(renameAccount))
  .post('/islet/v1/accounts', route(openAccount))
  .get('/islet/v1/account-tokens', route(listAccountTokens))
  .post('/islet/v1/account-tokens', route(createAccountToken))
  .delete('/islet/v1/account-tokens/:name', route(revokeAccountToken))
  .get('/islet/v1/clusters', route(listClusters))
  .post('/islet/v1/clusters', route(createCluster))
  .delete('/islet/v1/clusters/:name', route(deleteCluster))
  .get('/islet/v1/deleted-clusters', route(listDeletedClusters))
  .post('/islet/v1/deleted-clusters/:name/undelete', route(undeleteCluster))
  .post('/islet/v1/clusters/:name/fork', route(forkCluster))
  .post('/islet/v1/clusters/:name/import', route(importCluster))
  .post('/islet/v1/clusters/:name/token', route(clusterToken))
  .post('/islet/v1/clusters/:name/offer', route(offerCluster))
  .post('/islet/v1/offers/accept', route(acceptOffer))
  .delete('/islet/v1/memberships/:name', route(leaveCluster))
  .get('/islet/v1/manifest', route(manifest))
  .post('/islet/v1/links/offer', route(offerOfLink))
  .post('/islet/v1/links/accept', route(acceptLink))
  .post('/islet/v1/dashboard-codes', route(dashboardCode))
  .all('*', route(routedByToken))
  .all('/islet/*', route(notFound))
  .all('/api*', route(unauthorized))
  .all('/openapi/*', route(unauthorized))
  .all('*', route(serveDashboard));

/** `kubectl get --raw` and `kubectl proxy` drop the path of `server:`, so the token says which cluster is meant. */
async function routedByToken(request: EdgeRequest, env: Env): Promise<EdgeResponse | undefined> {
  const location = locate(request.url);
  const edge = answerAtEdge(location.path, location.query, env, edgeOptions(request));
  if (edge) return (await isRefused(request, env, location)) ? unauthorized() : edge;
  if (!request.headers.has('authorization')) return undefined;
  const caller = await identify(request, env, location);
  const { use, cluster, scope } = caller?.claims ?? {};
  // A kubeconfig may have a token of an account that is for this one cluster.
  if (use === 'account' && scope?.cluster !== undefined && !location.path.startsWith('/islet/')) {
    return serveCluster(request, env, location, { id: scope.cluster, path: location.path });
  }
  if (!caller || !cluster || (use !== 'cluster' && use !== 'service-account')) {
    // The service has paths of its own there, for tokens of an account.
    return location.path.startsWith('/islet/') ? undefined : unauthorized();
  }
  if (location.path === DISCOVERY_PATH) return discoveryDocument(issuerOf(env, location, cluster), request);
  return serveAs(request, env, location, caller, { id: cluster, path: location.path });
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export default {
  async fetch(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
    const answer = await answerTo(request, env);
    return answer.status < 400 ? answer : negotiated(answer, request.headers.get('accept'));
  },
};

async function answerTo(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const location = locate(request.url);
  const site = siteNamed(location, env);
  // Without TLS only a loopback name is served, so that no page can reach the local service under a name of its own.
  if (!location.secure && site === undefined && !LOOPBACK.test(location.host) && hostOf(location) !== localHost(env)) {
    return statusResponse(failure('Forbidden', `plain http is served on localhost only, not on ${location.host}`));
  }
  const malformed = malformedEscape(location.path);
  if (malformed !== undefined) {
    return statusResponse(failure('BadRequest', `invalid URL escape ${JSON.stringify(malformed)}`));
  }
  try {
    if (site !== undefined) return await serveForward(request, env, location, site);
    const target = clusterOf(location, env.ISLET_DOMAIN);
    if (target) return await serveCluster(request, env, location, target);
    // `GET *`: Go's server refuses it, too.
    if (!URL.canParse(request.url)) return statusResponse(failure('BadRequest', 'the address is malformed'));
    return await router.fetch(request as unknown as IRequest, env);
  } catch (error) {
    console.error(logged(error, request));
    return failed(error);
  }
}
