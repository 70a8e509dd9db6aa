import { type Case, step } from './case.ts';

const CSR = `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: NAME}
spec: {request: $CSR, signerName: example.com/signer, usages: ['client auth']}
`;
const PLUGIN = { env: { PATH: '$DIR/bin:/usr/bin:/bin' } };
const PREFERENCES = { env: { KUBERC: '$DIR/kuberc' } };
const STILL = [step('run still --image=nginx'), step('wait pod/still --for=condition=Ready --timeout=30s')];
const BINDING = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reconciled, namespace: $NS}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
`;

/** For commands that need no cluster: a kubeconfig of its own, made anew. */
const config = (command: string, flags: string, ...steps: Case['steps']): Case => ({
  command: `config ${command}`,
  flags,
  steps: [
    step('config set-cluster c --server=https://c'),
    step('config set-credentials u --token=t'),
    step('config set-context x --cluster=c --user=u'),
    ...steps,
    step('config unset users'),
    step('config unset clusters'),
    step('config unset contexts'),
    step('config unset current-context'),
  ].map((each) => ({ ...each, env: { KUBECONFIG: '$DIR/other' } })),
});

export const access: readonly Case[] = [
  {
    command: 'auth can-i',
    flags: '--as, --as-group, --list, --subresource, -A, --quiet',
    steps: [
      step("auth can-i '*' '*'", 'yes'),
      step('auth can-i get pods --subresource=log', 'yes'),
      step('auth can-i list secrets --as=nobody', 'no', { fails: true }),
      step('auth can-i --list --as=nobody', 'selfsubjectaccessreviews.authorization.k8s.io'),
    ],
  },
  { command: 'auth reconcile', flags: '-f', steps: [step('auth reconcile -f -', 'reconciled', { input: BINDING })] },
  {
    command: 'auth whoami',
    flags: '-o, --as',
    steps: [step('auth whoami', 'islet:admin'), step('auth whoami --as=jane --as-group=dev -o json', '"jane"')],
  },
  {
    command: 'certificate approve',
    flags: '',
    steps: [
      step('create -f -', 'created', { input: CSR.replace('NAME', 'good-$NS') }),
      step('certificate approve good-$NS', 'approved'),
      step('get csr good-$NS', 'Approved'),
    ],
  },
  {
    command: 'certificate deny',
    flags: '',
    steps: [
      step('create -f -', 'created', { input: CSR.replace('NAME', 'bad-$NS') }),
      step('certificate deny bad-$NS', 'denied'),
      step('get csr bad-$NS', 'Denied'),
    ],
  },
  {
    command: 'kustomize',
    flags: '',
    steps: [step('kustomize $DIR/kustomization', /name: kustomized-\w+/)],
  },
  { command: 'completion', flags: 'bash|zsh|fish|powershell', steps: [step('completion bash', '__start_kubectl')] },
  {
    command: 'plugin list',
    flags: '--name-only',
    steps: [step('plugin list', 'kubectl-greet', PLUGIN), step('greet you', 'hello you', PLUGIN)],
  },
  {
    command: 'kuberc set',
    flags: '--section, --command, --option',
    steps: [
      step('kuberc set --section=defaults --command=get --option=output=name --kuberc=$DIR/kuberc'),
      step('get ns default', 'namespace/default', PREFERENCES),
    ],
  },
  { command: 'kuberc view', flags: '-o', steps: [step('kuberc view --kuberc=$DIR/kuberc', 'kind: Preference')] },
  config('set-cluster', '--server, --certificate-authority', step('config set-cluster d --server=https://d', 'set')),
  config('set-credentials', '--token, --exec-command', step('config set-credentials v --token=t', 'set')),
  config('set-context', '--cluster, --user, --namespace', step('config set-context y --namespace=n', 'created')),
  config('use-context', '', step('config use-context x', 'Switched')),
  config('current-context', '', step('config use-context x'), step('config current-context', 'x')),
  config('get-contexts', '-o', step('config get-contexts -o name', 'x')),
  config('get-clusters', '', step('config get-clusters', 'c')),
  config('get-users', '', step('config get-users', 'u')),
  config('rename-context', '', step('config rename-context x y', 'renamed')),
  config('set', '', step('config set clusters.d.server https://d', 'set')),
  config('unset', '', step('config unset clusters.c', 'unset')),
  config(
    'view',
    '--raw, --minify, -o',
    step('config use-context x'),
    step('config view --minify', 'current-context: x'),
  ),
  config('delete-context', '', step('config delete-context x', 'deleted')),
  config('delete-cluster', '', step('config delete-cluster c', 'deleted')),
  config('delete-user', '', step('config delete-user u', 'deleted')),
  {
    command: 'proxy',
    flags: '--port, --api-prefix, --unix-socket',
    steps: [step('$PROXY /api/v1/namespaces/default', '"kind":"Namespace"')],
  },
  {
    command: 'exec',
    flags: '-i, -t, -c',
    reason: 'on a simulated node no container runs; see the table of real nodes',
    steps: [...STILL, step('exec still -- date', 'simulated', { fails: true })],
  },
  {
    command: 'attach',
    flags: '-i, -t, -c',
    reason: 'on a simulated node no container runs; see the table of real nodes',
    steps: [...STILL, step('attach still', 'simulated', { fails: true })],
  },
  {
    command: 'cp',
    flags: '-c, --retries',
    reason: 'on a simulated node no container runs; see the table of real nodes',
    steps: [...STILL, step('cp $DIR/file still:/tmp/file', 'simulated', { fails: true })],
  },
  {
    command: 'port-forward',
    flags: '--address, deploy/NAME, svc/NAME',
    reason: 'on a simulated node no container runs; see the table of real nodes',
    steps: [...STILL, step('port-forward pod/still :80', 'simulated', { fails: true })],
  },
];
