/** Makes the objects that sequences rest on: definitions of custom resources, and users with roles. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../mutations.ts';
import { type Ask, bytesOf } from './servers.ts';

/** Users that steps ask as, with their verbs. */
const USERS = { viewer: ['get', 'list', 'watch'], editor: ['get', 'create', 'update', 'patch'] };

export async function prepare(ask: Ask, definitions: readonly Json[]): Promise<void> {
  for (const definition of definitions) await define(ask, definition);
  for (const [user, verbs] of Object.entries(USERS)) {
    const name = `differential-${user}`;
    const rbac = 'rbac.authorization.k8s.io';
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs }];
    const role = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
    await must(ask, 'POST', `/apis/${rbac}/v1/clusterroles`, role);
    await must(ask, 'POST', `/apis/${rbac}/v1/clusterrolebindings`, {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      subjects: [{ kind: 'User', apiGroup: rbac, name: user }],
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    });
  }
}

async function define(ask: Ask, definition: Json): Promise<void> {
  const { group, names, versions, scope } = definition.spec;
  await must(ask, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  const within = scope === 'Namespaced' ? '/namespaces/default' : '';
  const path = `/apis/${group}/${versions[0].name}${within}/${names.plural}`;
  while ((await status(ask, 'GET', path)).status !== 200) await setTimeout(50);
}

async function must(ask: Ask, method: string, path: string, object: Json): Promise<void> {
  const answer = await status(ask, method, path, object);
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
}

async function status(
  ask: Ask,
  method: string,
  path: string,
  object?: Json,
): Promise<{ status: number; text: string }> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const answer = await ask({ method, path, headers, ...(object ? { body: JSON.stringify(object) } : {}) });
  return { status: answer.status, text: (await bytesOf(answer.body)).toString() };
}
