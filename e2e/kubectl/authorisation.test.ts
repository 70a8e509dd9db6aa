/** Roles, bindings and questions about rights with a real kubectl. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('authorisation', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const canI = async (question: string) => (await kubectl.run(['auth', 'can-i', ...question.split(' ')])).stdout.trim();

  test('bootstrap roles are there, and those that gather others are filled', async () => {
    expect(await kubectl.ok('get clusterroles -o name')).toContain(
      'clusterrole.rbac.authorization.k8s.io/cluster-admin\n',
    );
    await eventually(async () => {
      expect(await kubectl.ok('describe clusterrole view')).toMatch(
        /deployments\.apps\/scale +\[\] +\[\] +\[get list watch\]/,
      );
    });
    expect(await kubectl.ok('get clusterrolebinding islet:cluster-admins -o wide')).toContain(
      'ClusterRole/cluster-admin',
    );
  });

  test('roles and bindings that kubectl creates decide, for users, groups and service accounts', async () => {
    await kubectl.ok('create role reader --verb=get,list --resource=configmaps --resource-name=one');
    await kubectl.ok('create rolebinding reader --role=reader --user=jane --serviceaccount=default:robot');
    await kubectl.ok('create clusterrole logs --verb=get --resource=pods/log');
    await kubectl.ok('create clusterrole paths --verb=get --non-resource-url=/metrics');
    await kubectl.ok('create clusterrolebinding logs --clusterrole=logs --group=ops');
    await kubectl.ok('create clusterrolebinding paths --clusterrole=paths --group=ops');
    expect(await canI('get configmaps/one --as=jane')).toBe('yes');
    expect(await canI('get configmaps/two --as=jane')).toBe('no');
    expect(await canI('get configmaps/one --as=system:serviceaccount:default:robot')).toBe('yes');
    expect(await canI('get pods --subresource=log -A --as=joe --as-group=ops')).toBe('yes');
    expect(await canI('get pods -A --as=joe --as-group=ops')).toBe('no');
    expect(await canI('get /metrics --as=joe --as-group=ops')).toBe('yes');
    expect(await canI('get /metrics --as=jane')).toBe('no');
    expect(await kubectl.fails('get secrets --as=jane')).toBe(
      'Error from server (Forbidden): secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"\n',
    );
    await kubectl.ok('delete rolebinding reader');
    expect(await canI('get configmaps/one --as=jane')).toBe('no');
  });

  test('rights are listed, and whoami names the user that is acted as', async () => {
    await kubectl.ok('create rolebinding viewer --clusterrole=view --user=lister');
    const list = await kubectl.ok('auth can-i --list --as=lister');
    expect(list).toMatch(/^selfsubjectaccessreviews\.authorization\.k8s\.io +\[\] +\[\] +\[create\]$/m);
    await eventually(async () => {
      expect(await kubectl.ok('auth can-i --list --as=lister')).toMatch(
        /^deployments\.apps +\[\] +\[\] +\[get list watch\]$/m,
      );
    });
    expect(await kubectl.ok('auth can-i --list')).toMatch(/^\*\.\* +\[\] +\[\] +\[\*\]$/m);
    const who = await kubectl.ok('auth whoami --as=jane --as-group=staff');
    expect(who).toMatch(/Username +jane\n/);
    expect(who).toMatch(/Groups +\[staff system:authenticated\]/);
  });

  test('a user grants no more than it has', async () => {
    await kubectl.ok('create ns granting');
    await kubectl.ok('create rolebinding admin --clusterrole=admin --user=granter -n granting');
    await eventually(async () => expect(await canI('create roles -n granting --as=granter')).toBe('yes'));
    await kubectl.ok('create role pods --verb=get --resource=pods -n granting --as=granter');
    expect(await kubectl.fails('create role nodes --verb=get --resource=nodes -n granting --as=granter')).toBe(
      'Error from server (Forbidden): roles.rbac.authorization.k8s.io "nodes" is forbidden: user "granter" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}\n',
    );
    expect(
      await kubectl.fails(
        'create rolebinding root --clusterrole=cluster-admin --user=granter -n granting --as=granter',
      ),
    ).toContain(
      'is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
    );
  });

  test('reconcile adds what is missing, and removes what is too much when it is told to', async () => {
    const role = (verbs: string[]) =>
      JSON.stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'reconciled' },
        rules: [{ verbs, apiGroups: [''], resources: ['pods'] }],
      });
    expect(await kubectl.ok('auth reconcile -f -', role(['get']))).toContain('reconciled');
    await kubectl.ok('auth reconcile -f -', role(['list']));
    const verbs = () => kubectl.ok('get clusterrole reconciled -o jsonpath={.rules[*].verbs}');
    expect(await verbs()).toBe('["get"] ["list"]');
    await kubectl.ok('auth reconcile --remove-extra-permissions -f -', role(['list']));
    expect(await verbs()).toBe('["list"]');
  });

  test('the owner has a way back in after the binding of administrators is gone', async () => {
    await kubectl.ok('delete clusterrolebinding islet:cluster-admins');
    expect(await kubectl.fails('get pods')).toContain('User "islet:admin" cannot list resource "pods"');
  });
});
