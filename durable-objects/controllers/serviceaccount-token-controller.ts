/**
 * serviceaccount-token-controller (upstream `pkg/controller/serviceaccount/tokens_controller.go`): Secrets of the type
 * `kubernetes.io/service-account-token` are filled with a token of their account, and go with it.
 */
import { toBase64 } from '../../kube/kinds/validation/base64.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Secret, ServiceAccount } from '../../kube/types.ts';
import { accountOf, NAME, secretsByAccount, secretsOf, UID } from './common/token-secrets.ts';
import { type Controller, defineController } from './runtime/controller.ts';
import { CONTROLLER_MANAGER } from './runtime/identity.ts';
import type { Action, Effects, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const ISSUE = 'issue-token';

/** `rootCA` is PEM text; '' for none. */
export function serviceAccountTokenController(rootCA: string): Controller {
  return defineController({
    name: 'serviceaccount-token-controller',
    for: 'secrets',
    settings: rootCA,
    // Upstream's controller manager makes the tokens that others of its controllers sign in with.
    actsAs: CONTROLLER_MANAGER,
    filter: ({ before, after }) => accountOf.of(before) !== undefined || accountOf.of(after) !== undefined,
    watches: [
      {
        resource: 'serviceaccounts',
        map({ key, change }, view) {
          if (change !== 'delete') return [];
          const { namespace, name } = parseKey(key);
          return Array.from(view.index(secretsByAccount, `${namespace}/${name}`), (secret) => secret.key);
        },
      },
    ],
    projections: [accountOf, secretsOf],
    indexes: [secretsByAccount],
    reconcile: (key, view) => reconcile(key, view, rootCA),
  });
}

function reconcile(key: Key, view: View, rootCA: string): Plan {
  const { namespace, name } = parseKey(key);
  const account = accountOf.of(view.projection(key));
  if (!account) return { actions: view.projection(key) ? [] : forgetSecret(namespace, name, view) };
  const holder = view.projection(keyOf('serviceaccounts', namespace, account.name));
  if (!holder || (account.uid !== undefined && account.uid !== holder.uid)) {
    const { uid } = view.projection(key) ?? {};
    return { actions: [{ do: 'delete', target: { resource: 'secrets', namespace, name, uid } }] };
  }
  const secret = view.get<Secret>('secrets', namespace, name);
  return { actions: secret ? fill(secret, holder.uid, rootCA) : [] };
}

/** Takes a Secret that is gone out of the accounts that name it. */
function forgetSecret(namespace: string, name: string, view: View): Action[] {
  const actions: Action[] = [];
  for (const projection of view.projections('serviceaccounts', namespace)) {
    if (!secretsOf.of(projection)?.includes(name)) continue;
    const account = view.get<ServiceAccount>('serviceaccounts', namespace, projection.name);
    if (!account) continue;
    const secrets = account.secrets?.filter((secret) => secret.name !== name);
    const object = { ...account, secrets } as unknown as KubeObject;
    actions.push({ do: 'update', resource: 'serviceaccounts', object, ignore: ['NotFound'] });
  }
  return actions;
}

function fill(secret: Secret, accountUid: string, rootCA: string): Action[] {
  const { metadata, data = {} } = secret;
  const isRooted = rootCA === '' || data['ca.crt'] === toBase64(rootCA);
  if (isRooted && data.namespace && data.token) return [];
  const filled = {
    ...secret,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [UID]: accountUid } },
    data: {
      ...data,
      ...(isRooted ? {} : { 'ca.crt': toBase64(rootCA) }),
      ...(data.namespace ? {} : { namespace: toBase64(metadata.namespace ?? '') }),
    },
  } as unknown as KubeObject;
  return data.token ? [update(filled)] : [{ do: 'effect', effect: ISSUE, object: filled }];
}

function update(object: KubeObject): Action {
  return { do: 'update', resource: 'secrets', object, ignore: ['NotFound'] };
}

type Issue = (namespace: string, account: { name: string; uid: string }, secret: string) => Promise<string>;

/** The effect that {@link serviceAccountTokenController} names. `issue` signs a token that the Secret is to keep. */
export function tokenEffects(issue: Issue): Effects {
  return {
    [ISSUE]: async (object) => {
      const secret = object as unknown as Secret;
      const { namespace = '', name = '', annotations = {} } = secret.metadata;
      const account = { name: annotations[NAME] ?? '', uid: annotations[UID] ?? '' };
      const token = await issue(namespace, account, name);
      return [update({ ...object, data: { ...secret.data, token: toBase64(token) } })];
    },
  };
}
