/** Questions about the API itself with a real kubectl: discovery, documentation, versions, permissions. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORGED, JANE, NODE_CLIENT, NODE_SERVING, P384, P521, PSS } from '../../kube/testing/certificate-requests.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

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

  test('requests for certificates are approved, signed and denied', async () => {
    const ask = (name: string, signerName: string) => {
      const spec = { request: JANE, signerName, usages: ['client auth'], expirationSeconds: 3600 };
      const manifest = {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec,
      };
      return kubectl.run(['create', '-f', '-'], JSON.stringify(manifest));
    };
    expect((await ask('jane', CLIENT_SIGNER)).stderr).toContain('client certificates cannot sign in to this cluster');
    for (const name of ['joe', 'other']) expect((await ask(name, 'example.com/signer')).stderr).toBe('');
    expect(await kubectl.ok('certificate approve jane other')).toMatch(/jane approved\n.*other approved\n$/);
    expect(await kubectl.ok('certificate deny joe')).toMatch(/joe denied\n$/);
    const path = ['get', 'csr', 'jane', '-o', 'jsonpath={.status.certificate}'];
    const pem = await eventually(async () => {
      const certificate = Buffer.from((await kubectl.run(path)).stdout, 'base64').toString();
      expect(certificate).toContain('BEGIN CERTIFICATE');
      return certificate;
    });
    const certificate = new X509Certificate(pem);
    expect([certificate.subject, certificate.issuer]).toEqual(['O=dev\nCN=jane', 'CN=kubernetes']);
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(3_900_000);
    const text = await kubectl.ok('get csr');
    expect(text).toMatch(/^jane +\S+ +kubernetes.io\/kube-apiserver-client +islet:admin +60m +Approved,Issued$/m);
    expect(text).toMatch(/^joe .* Denied$/m);
    expect(text).toMatch(/^other .* Approved$/m);
    expect(await kubectl.ok('describe csr jane')).toMatch(/^Status: +Approved,Issued$/m);
    expect(await kubectl.fails('certificate deny jane')).toContain('already Approved');
  });

  test('the runtime verifies the signatures of requests with keys of every sort', async () => {
    const good = { rsa: NODE_CLIENT, ed25519: NODE_SERVING, p384: P384, p521: P521, pss: PSS };
    const items = Object.entries({ ...good, forged: FORGED }).map(([name, request]) => ({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name, labels: { keys: 'all' } },
      spec: { request, signerName: 'example.com/signer', usages: ['any'] },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    expect(await kubectl.fails('create -f -', list)).toContain('x509: ECDSA verification failure');
    const names = await kubectl.ok('get csr -l keys=all -o name');
    expect(names.trim().split('\n')).toHaveLength(Object.keys(good).length);
  });

  test('a service has its address with it, from a range that can be added to', async () => {
    await kubectl.ok('create service clusterip web --tcp=80');
    const ip = await kubectl.ok('get svc web -o jsonpath={.spec.clusterIP}');
    expect(await kubectl.ok(`get ip ${ip}`)).toMatch(/services\/default\/web$/m);
    const cidr = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'more' } };
    await kubectl.ok('create -f -', JSON.stringify({ ...cidr, spec: { cidrs: ['10.201.0.0/24'] } }));
    await kubectl.ok('wait servicecidr/more --for=condition=Ready --timeout=20s');
    expect(await kubectl.ok('get servicecidrs')).toMatch(/^kubernetes +10.96.0.0\/16 .*\nmore +10.201.0.0\/24 /m);
    await kubectl.ok('create service clusterip other --tcp=80 --clusterip=10.201.0.9');
    await kubectl.ok('delete servicecidr more --wait=false');
    await kubectl.ok('wait servicecidr/more --for=condition=Ready=False --timeout=20s');
    expect(await kubectl.ok('get servicecidr more -o yaml')).toContain('There are still IPAddresses referencing');
    await kubectl.ok('delete svc web other');
    expect(await kubectl.fails(`get ip ${ip}`)).toContain('NotFound');
  });

  test('dry runs write nothing', async () => {
    expect(await kubectl.ok('create cm dry --dry-run=server -o name')).toBe('configmap/dry\n');
    expect(await kubectl.fails('get cm dry')).toContain('(NotFound): configmaps "dry" not found');
  });

  test('a namespace goes with everything in it', async () => {
    await kubectl.ok('create ns gone');
    await eventually(() => kubectl.ok('get sa default -n gone'));
    await kubectl.ok('create deployment web --image=nginx -n gone');
    await kubectl.ok('delete ns gone --timeout=20s');
    expect(await kubectl.fails('get ns gone')).toContain('NotFound');
    expect(await kubectl.fails('delete ns default')).toContain('this namespace may not be deleted');
  });

  test('a file that begins with its Namespace is deleted whole: the other objects are still there', async () => {
    const file = ['namespace whole', 'configmap map -n whole', 'deployment web --image=nginx -n whole'];
    const documents = await Promise.all(file.map((made) => kubectl.ok(`create ${made} --dry-run=client -o yaml`)));
    const text = documents.join('---\n');
    await kubectl.ok('apply -f -', text);
    await eventually(async () => expect(await kubectl.ok('get pods -n whole')).toContain('Running'));
    expect(await kubectl.ok('delete -f - --timeout=40s', text)).toMatch(
      /^namespace "whole" deleted\nconfigmap "map" deleted.*\ndeployment.apps "web" deleted.*\n$/,
    );
    expect(await kubectl.fails('get ns whole')).toContain('NotFound');
  });

  test('exec and logs on a simulated node say what to do instead', async () => {
    await eventually(() => kubectl.ok('run web --image=nginx'));
    await eventually(async () => expect(await kubectl.ok('get pod web')).toContain('Running'));
    for (const line of ['logs web', 'exec web -- ls']) expect(await kubectl.fails(line)).toContain('simulated');
  });
});
