/** Questions about the API itself with a real kubectl: discovery, documentation, versions, permissions, health. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('questions about the API', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('api-resources and api-versions list the built-in groups', async () => {
    const text = await kubectl.ok('api-resources');
    expect(text).toMatch(/^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND$/m);
    expect(text).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m);
    expect(text).toMatch(/^nodes +no +v1 +false +Node$/m);
    expect(await kubectl.ok('api-versions')).toMatch(/^apps\/v1\n(.*\n)*v1$/m);
  });

  test('explain reads the documents of the edge, through a field path', async () => {
    const text = await kubectl.ok('explain deployment.spec.template.spec.containers.ports');
    expect(text).toContain('FIELD: ports <[]ContainerPort>');
    expect(text).toMatch(/containerPort\t<integer> -required-/);
  });

  test('explain says what a field is for where its type is shared, and what the values of an enumeration mean', async () => {
    const maxSurge = await kubectl.ok('explain deploy.spec.strategy.rollingUpdate.maxSurge');
    expect(maxSurge).toMatch(/The maximum number of pods that can be scheduled above[\s\S]*IntOrString is a type/);
    const type = await kubectl.ok('explain svc.spec.type');
    expect(type).toMatch(/Possible enum values:[\s\S]*`"NodePort"` means a service will be exposed on one port/);
  });

  test('the version is asked for without a token, and the four system namespaces are there', async () => {
    expect(await kubectl.ok('version')).toMatch(/Server Version: v1\.36\.\d+\+islet/);
    expect(await kubectl.ok('get ns -o name')).toBe(
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => `namespace/${name}\n`).join(''),
    );
  });

  test('raw paths and the proxy go to the cluster that the token names', async () => {
    expect(JSON.parse(await kubectl.ok('get --raw /api/v1/namespaces/default'))).toMatchObject({ kind: 'Namespace' });
    const discovery = JSON.parse(await kubectl.ok('get --raw /.well-known/openid-configuration'));
    expect(discovery.issuer).toMatch(/\/clusters\/[a-z0-9]{10}$/);
    expect(JSON.parse(await kubectl.ok('get --raw /islet/v1/certificate-authority')).certificate).toMatch(
      /^-----BEGIN CERTIFICATE-----/,
    );
    expect(await kubectl.fails('get --raw /islet/v1/nothing')).toContain('could not find the requested resource');
    const proxy = kubectl.start(['proxy', '--port=0']);
    const port = await new Promise<string>((resolve) =>
      proxy.stdout?.on('data', (text) => resolve(/:(\d+)/.exec(String(text))?.[1] ?? '')),
    );
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/default`);
    expect(await answer.json()).toMatchObject({ kind: 'Namespace', metadata: { name: 'default' } });
    proxy.kill();
  });

  test('the administrator may do everything, and whoami names the user', async () => {
    expect(await kubectl.ok('auth can-i delete pods -A')).toBe('yes\n');
    expect(await kubectl.ok('auth whoami')).toMatch(/Username +islet:admin/);
  });

  test('health is listed by its checks, and components by upstream’s names', async () => {
    const livez = (await kubectl.ok('get --raw /livez?verbose&exclude=ping')).split('\n');
    expect(livez.slice(0, 3)).toEqual(['[+]ping excluded: ok', '[+]log ok', '[+]etcd ok']);
    expect(livez).toContain('[+]poststarthook/rbac/bootstrap-roles ok');
    expect(await kubectl.ok('get --raw /readyz/etcd')).toBe('ok');
    expect(await kubectl.ok('get --raw /metrics')).toMatch(
      /^apiserver_request_total\{code="200",component="apiserver"/m,
    );
    expect(await kubectl.ok('get --raw /debug/api_priority_and_fairness/dump_priority_levels')).toMatch(
      /^global-default, +0, +false, +false, +0, +1, /m,
    );
    const { stdout, stderr } = await kubectl.run(['get', 'componentstatuses']);
    expect(stderr).toContain('Warning: v1 ComponentStatus is deprecated in v1.19+');
    expect(stdout).toMatch(/^scheduler +Healthy +ok/m);
    expect(stdout).toMatch(/^etcd-0 +Healthy +ok: SQLite/m);
  });

  test('dry runs write nothing', async () => {
    expect(await kubectl.ok('create cm dry --dry-run=server -o name')).toBe('configmap/dry\n');
    expect(await kubectl.fails('get cm dry')).toContain('(NotFound): configmaps "dry" not found');
  });
});
