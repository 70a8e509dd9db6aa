/** Certificate requests: who approves and signs which of them. */
import type { Json } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { send } from '../scenario.ts';

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

/** Of `/O=system:nodes/CN=system:node:n1`. */
const NODE = `-----BEGIN CERTIFICATE REQUEST-----
MIHqMIGSAgEAMDAxFTATBgNVBAoMDHN5c3RlbTpub2RlczEXMBUGA1UEAwwOc3lz
dGVtOm5vZGU6bjEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATP6/ohEnIT5leP
0sOWtsvylFZRjhmqXoN+d/gqAC5L3BoYwPNJtBNE0r1cFI+nXh0i360gxgefKPA3
YBICPuEboAAwCgYIKoZIzj0EAwIDRwAwRAIgG8CJsomez7Pcwe143P/ezebktbpx
FEGE4wt7c9w01TgCIGC2IyXgAw8zvAd29VnL89CzgkesQWdpdz8YiuIze5nj
-----END CERTIFICATE REQUEST-----
`;
/** Of the same, with the names DNS:n1 and IP:10.0.0.1. */
const SERVING = `-----BEGIN CERTIFICATE REQUEST-----
MIIBEjCBuAIBADAwMRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxFzAVBgNVBAMMDnN5
c3RlbTpub2RlOm4xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEz+v6IRJyE+ZX
j9LDlrbL8pRWUY4Zql6Dfnf4KgAuS9waGMDzSbQTRNK9XBSPp14dIt+tIMYHnyjw
N2ASAj7hG6AmMCQGCSqGSIb3DQEJDjEXMBUwEwYDVR0RBAwwCoICbjGHBAoAAAEw
CgYIKoZIzj0EAwIDSQAwRgIhAJIt4YWBS3mCPE4r5XZB6Wu7+dg5j75IwQXzzjES
dxxaAiEAr3UTU0Xowk01Q1QdD2edwjc+O6keq6FLhu2/GtAoxPw=
-----END CERTIFICATE REQUEST-----
`;
/** Of `/O=devs/CN=joe`. */
const JOE = `-----BEGIN CERTIFICATE REQUEST-----
MIHXMH8CAQAwHTENMAsGA1UECgwEZGV2czEMMAoGA1UEAwwDam9lMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEz+v6IRJyE+ZXj9LDlrbL8pRWUY4Zql6Dfnf4KgAu
S9waGMDzSbQTRNK9XBSPp14dIt+tIMYHnyjwN2ASAj7hG6AAMAoGCCqGSM49BAMC
A0gAMEUCIG8VzwBVb2ETADFQXnM8E09gq9Rsxm6+MSYZKtbVxovcAiEAs718V+kD
fQQ98PR6URASybDBoxdo3pvi6CxN3WQ7+PI=
-----END CERTIFICATE REQUEST-----
`;

const CLIENT = ['digital signature', 'client auth'];
const SERVER = ['digital signature', 'server auth'];

function ask(name: string, pem: string, signerName: string, usages: string[], more: Json = {}): Step {
  return send('POST', PATH, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: `NAMESPACE.${name}` },
    spec: { request: btoa(pem), signerName: signerName, usages, ...more },
  });
}

function decide(name: string, ...types: string[]): Step {
  return {
    name: `${types} ${name}`,
    async run({ side, namespace }) {
      const path = `${PATH}/${namespace}.${name}`;
      const request = await side.must('GET', path);
      const conditions = types.map((type) => ({ type, status: 'True', reason: 'Own', message: 'as I like' }));
      const status = { ...request.status, conditions: [...(request.status?.conditions ?? []), ...conditions] };
      await side.must('PUT', `${path}/approval`, { ...request, status });
    },
  };
}

const signers: [string, string, string[]][] = [
  ['kube-apiserver-client', JOE, CLIENT],
  ['kube-apiserver-client', JOE, SERVER],
  ['kube-apiserver-client', JOE, ['digital signature']],
  ['kube-apiserver-client-kubelet', NODE, CLIENT],
  ['kube-apiserver-client-kubelet', NODE, ['digital signature', 'key encipherment', 'client auth']],
  ['kube-apiserver-client-kubelet', JOE, CLIENT],
  ['kube-apiserver-client-kubelet', NODE, SERVER],
  ['kube-apiserver-client-kubelet', SERVING, CLIENT],
  ['kubelet-serving', SERVING, SERVER],
  ['kubelet-serving', NODE, SERVER],
  ['kubelet-serving', JOE, SERVER],
  ['kubelet-serving', SERVING, CLIENT],
];

export const certificates: Scenario[] = [
  ...signers.map(
    ([signer, pem, usages], at): Scenario => ({
      name: `certificate-${at}`,
      steps: [
        ask('a', pem, `kubernetes.io/${signer}`, usages),
        // Requests of kubelets are approved by the controllers themselves.
        ...(at === 3 || at === 4 ? [] : [decide('a', 'Approved')]),
      ],
    }),
  ),
  {
    name: 'certificate-of-others',
    steps: [ask('a', JOE, 'example.com/own', CLIENT), decide('a', 'Approved')],
  },
  {
    name: 'certificate-denied',
    steps: [
      ask('a', JOE, 'kubernetes.io/kube-apiserver-client', CLIENT),
      ask('b', JOE, 'kubernetes.io/kube-apiserver-client', CLIENT),
      decide('a', 'Denied'),
      decide('b', 'Approved', 'Failed'),
    ],
  },
  {
    name: 'certificate-short',
    steps: [
      ask('a', JOE, 'kubernetes.io/kube-apiserver-client', CLIENT, { expirationSeconds: 600 }),
      decide('a', 'Approved'),
    ],
  },
];
