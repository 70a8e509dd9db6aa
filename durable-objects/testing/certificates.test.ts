import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { JANE, NODE_CLIENT } from '../../kube/testing/certificate-requests.ts';
import type { CertificateSigningRequest } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

type CSR = CertificateSigningRequest;

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const APPROVED = { type: 'Approved', status: 'True', reason: 'KubectlApprove' };

const request = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { request: JANE, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...spec },
});

/** WebCrypto answers some turns of the event loop later. */
async function signed(cluster: TestCluster, name: string): Promise<CSR> {
  for (;;) {
    await cluster.settle();
    const csr = await cluster.must<CSR>(`GET ${REQUESTS}/${name}`);
    if (csr.status?.certificate) return csr;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The identifier of the authority's key, in hexadecimal. */
function keyIdOf({ raw }: X509Certificate): string {
  return /0603551d23041830168014(.{40})/.exec(raw.toString('hex'))?.[1] ?? 'none';
}

test('a request that was approved is signed by the cluster, one authority for all, evictions in between or not', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const chains = [];
  for (const name of ['a', 'b']) {
    const reply = await cluster.send<CSR>(`POST ${REQUESTS}`, request(name));
    expect([reply.status, reply.headers.warning]).toEqual([
      201,
      expect.stringContaining('client certificates cannot sign in to this cluster'),
    ]);
    await cluster.settle();
    expect((await cluster.must<CSR>(`GET ${REQUESTS}/${name}`)).status).toEqual({});
    const body = { ...reply.body, status: { conditions: [APPROVED] } };
    await cluster.must(`PUT ${REQUESTS}/${name}/approval`, body);
    const csr = await signed(cluster, name);
    // A create owns neither spec nor status, and an object without managers is not tracked.
    expect(csr.metadata.managedFields).toBeUndefined();
    chains.push(new X509Certificate(atob(csr.status?.certificate ?? '')));
    cluster.evict();
  }
  const [first, second] = chains;
  expect([first?.subject, first?.issuer]).toEqual(['O=dev\nCN=jane', 'CN=kubernetes']);
  expect(first?.serialNumber).not.toBe(second?.serialNumber);
  expect(chains.map(keyIdOf)).toEqual([keyIdOf(first as X509Certificate), keyIdOf(first as X509Certificate)]);
  expect(cluster.reported).toEqual([]);
  await cluster.advance(3_700_000);
  expect(await cluster.list(REQUESTS)).toEqual([]);
});

test('a kubelet’s own request is approved where an administrator may ask for it', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  await cluster.must(
    `POST ${REQUESTS}`,
    request('kubelet', {
      request: NODE_CLIENT,
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['client auth', 'digital signature', 'key encipherment'],
    }),
  );
  const { status } = await signed(cluster, 'kubelet');
  expect(status?.conditions).toMatchObject([{ type: 'Approved', reason: 'AutoApproved' }]);
});
