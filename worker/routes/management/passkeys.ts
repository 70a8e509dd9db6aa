/** `/islet/v1/passkeys`: the passkeys of an account. They are made at `session/add-passkey.ts`. */
import { badRequest, items, route } from './route.ts';

const MAX_LABEL = 60;
export const BAD_LABEL = `label must be text of 1 to ${MAX_LABEL} characters, without control characters`;

/** undefined for what is no label. */
export function labelIn({ label }: Record<string, unknown>): string | undefined {
  const text = typeof label === 'string' ? label.trim() : '';
  return text === '' || text.length > MAX_LABEL || /\p{Cc}/u.test(text) ? undefined : text;
}

export const listPasskeys = route({}, ({ rpc, credential }) => items(rpc.listPasskeys({ credential })));

export const renamePasskey = route({}, ({ rpc, credential, name: id, body }) => {
  const label = labelIn(body);
  return label === undefined ? badRequest(BAD_LABEL) : rpc.renamePasskey({ credential, id, label });
});

export const removePasskey = route({}, ({ rpc, credential, name: id }) => rpc.removePasskey({ credential, id }));
