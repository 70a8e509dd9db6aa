/** CertificateSigningRequests with a real kubectl. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORGED, JANE, NODE_CLIENT, NODE_SERVING, P384, P521, PSS } from '../../kube/testing/certificate-requests.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('requests for certificates', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

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
});
