/** GET by a user with one role, beside a thousand bindings of others, and with a thousand that do not allow it. */
import { must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { load } from '../lib/wrk.ts';
import { configMap } from './objects.ts';

const SECONDS = 4;
const BINDINGS = 1_000;
const AT_ONCE = 50;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const BINDING_PATH = `${RBAC}/namespaces/default/rolebindings`;
const MAPS = '/api/v1/namespaces/default/configmaps';
const USER = 'bench';

export async function bindingCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  for (const target of targets) await prepare(target);
  const figures: Figure[] = [];
  const measure = async (name: string): Promise<void> => {
    const script = `wrk.headers['Impersonate-User'] = '${USER}'`;
    const of = await inTurns(targets, runs, (target) =>
      load(target, { connections: 1, seconds: SECONDS, path: `${MAPS}/read-me`, script }),
    );
    figures.push({ case: `GET, ${name}`, what: 'p50', unit: 'ms', values: of('p50') });
    figures.push({ case: `GET, ${name}`, what: 'server CPU a request', unit: 'CPU ms', values: of('cpu') });
  };
  await measure('one binding');
  for (const target of targets) await bind(target, 'other', (index) => `other-${index}`);
  await measure(`${BINDINGS} bindings of other users besides`);
  for (const target of targets) {
    await bind(target, 'own', () => USER);
    // The binding that allows is the last, by its name and by its time.
    await must(target, 'DELETE', `${BINDING_PATH}/zzz`);
    await must(target, 'POST', BINDING_PATH, binding('zzz', 'reads', USER));
  }
  await measure(`${BINDINGS} bindings of the user that do not allow it besides`);
  return figures;
}

async function prepare(target: Target): Promise<void> {
  await must(target, 'POST', MAPS, configMap('read-me'));
  await role(target, 'nothing', 'secrets');
  await role(target, 'reads', 'configmaps');
  await must(target, 'POST', BINDING_PATH, binding('zzz', 'reads', USER));
}

function role(target: Target, name: string, resource: string): Promise<unknown> {
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: [resource] }];
  return must(target, 'POST', `${RBAC}/clusterroles`, { metadata: { name: `bench-${name}` }, rules });
}

async function bind(target: Target, prefix: string, subject: (index: number) => string): Promise<void> {
  for (let from = 0; from < BINDINGS; from += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        must(target, 'POST', BINDING_PATH, binding(`${prefix}-${from + index}`, 'nothing', subject(from + index))),
      ),
    );
  }
}

function binding(name: string, roleName: string, user: string): object {
  return {
    metadata: { name },
    roleRef: { kind: 'ClusterRole', name: `bench-${roleName}` },
    subjects: [{ kind: 'User', name: user }],
  };
}
