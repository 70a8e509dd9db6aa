/**
 * `GET /islet/v1/device?user_code=…` tells the page what a program asks for; `POST /islet/v1/device/decision` is the
 * person's answer. A token approves nothing: it would make others of itself.
 */
import { failure } from '../../../kube/machinery/status.ts';
import { clientAddress } from '../../auth/address.ts';
import { Attempts } from '../../auth/attempts.ts';
import { nameOf, readUserCode } from '../../auth/device-codes.ts';
import type { EdgeResponse } from '../../env.ts';
import { queryValue } from '../../location.ts';
import { statusResponse } from '../../statuses.ts';
import { badRequest, type Call, route } from '../management/route.ts';
import { deviceGrantOf } from './grant.ts';

const NO_CODE = 'this code is wrong, was answered already, or is older than 10 minutes: begin again in the program';
const NOT_A_PAGE = 'a device is approved on the dashboard, by a person who is signed in there';

const looking = new Attempts(60, 10 * 60_000);

export const lookAtDevice = route({}, async (call) => {
  const refused = await refusal(call);
  if (refused) return refused;
  const code = readUserCode(queryValue(call.location.query, 'user_code') ?? '');
  const asked = code && (await deviceGrantOf(call.env, await nameOf(code)).look({}));
  if (!asked) return statusResponse(failure('NotFound', NO_CODE));
  return { ok: true, value: { userCode: code, ...asked } };
});

export const decideDevice = route({}, async (call) => {
  const { env, rpc, account, credential, body } = call;
  const { userCode, approve } = body;
  if (typeof userCode !== 'string' || typeof approve !== 'boolean') {
    return badRequest('userCode must be text, and approve true or false');
  }
  const refused = await refusal(call);
  if (refused) return refused;
  const code = readUserCode(userCode);
  const grant = code === undefined ? undefined : deviceGrantOf(env, await nameOf(code));
  const asked = await grant?.look({});
  if (!grant || !asked) return statusResponse(failure('NotFound', NO_CODE));
  const { client: label, cluster, readOnly, seconds } = asked;
  let approval: { account: string; approval: string; seconds: number } | undefined;
  if (approve) {
    const approved = await rpc.approveDevice({ credential, account, label, cluster, readOnly });
    if (!approved.ok) return approved;
    approval = { account, approval: approved.value.approval, seconds };
  }
  const isDecided = await grant.decide({ approval });
  return isDecided ? { ok: true, value: { approved: approve } } : statusResponse(failure('NotFound', NO_CODE));
});

/** The answer to a caller that is no page, or that guesses codes. */
async function refusal({ request, env, rpc, credential, isSession }: Call): Promise<EdgeResponse | undefined> {
  if (!isSession) return statusResponse(failure('Forbidden', NOT_A_PAGE));
  const seconds = looking.take(clientAddress(request, env), Date.now());
  if (seconds > 0) return tooMany(seconds);
  const may = await rpc.mayLookForDevice({ credential });
  if (may.ok) return undefined;
  return may.status.code === 429 ? tooMany(may.status.details?.retryAfterSeconds ?? 60) : statusResponse(may.status);
}

function tooMany(seconds: number): EdgeResponse {
  const message = `too many codes were tried: try again in ${Math.ceil(seconds / 60)} minutes`;
  const status = { ...failure('TooManyRequests', message), details: { retryAfterSeconds: seconds } };
  return statusResponse(status, { 'Retry-After': String(seconds) });
}
