import { type Case, DEPLOYMENT, MAP, soon, step } from './case.ts';

const WEB = step('apply -f -', undefined, { input: DEPLOYMENT });

export const reading: readonly Case[] = [
  {
    command: 'get',
    flags:
      '-o wide|json|yaml|name|jsonpath|go-template|custom-columns, -l, --field-selector, -A, -w, --sort-by, --raw, --chunk-size, --subresource, --show-labels, --show-managed-fields',
    steps: [
      WEB,
      step('rollout status deploy/web --timeout=30s'),
      step('get deploy,rs,pods -o wide', /deployment.apps\/web +2\/2/),
      step('get pods -l app=web --field-selector=status.phase=Running -o name', /^pod\/web-\S+\npod\/web-\S+\n$/),
      step("get pods -o jsonpath='{.items[*].spec.containers[0].image}'", 'nginx:1.27 nginx:1.27'),
      step('get pods -o custom-columns=N:.metadata.name,P:.status.phase', /N +P\nweb-\S+ +Running/),
      step('get pods -A --sort-by=.metadata.name --show-labels', 'app=web'),
      step('get pods --chunk-size=1 --no-headers', /^web-\S+ .*\nweb-\S+ .*\n$/),
      step('get deploy web --show-managed-fields -o yaml', 'managedFields'),
      step('get deploy web --subresource=status -o yaml', 'readyReplicas: 2'),
      step('get --raw /api/v1/namespaces/$NS/pods?limit=1', '"kind":"PodList"'),
      step('get all', 'service') && step('get all', 'replicaset.apps/web-'),
      step('get nothing', "the server doesn't have a resource type", { fails: true }),
      step('get pods no', 'NotFound', { fails: true }),
    ],
  },
  {
    command: 'describe',
    flags: '-l, --show-events, -f',
    steps: [
      WEB,
      step('describe deploy web', /Replicas: +2 desired/),
      step('describe pods -l app=web --show-events=true', 'default-scheduler', soon),
      step('describe node sim-0', /Allocated resources:/),
      step('describe ns $NS', /Status: +Active/),
    ],
  },
  {
    command: 'explain',
    flags: '--recursive, --api-version, --output=plaintext-openapiv2',
    steps: [
      step('explain deployment.spec.strategy', 'rollingUpdate'),
      step('explain pods --recursive', 'ephemeralContainers'),
      step('explain hpa --api-version=autoscaling/v1', 'VERSION:    v1'),
      step('explain pod.spec --output=plaintext-openapiv2', 'FIELDS:'),
    ],
  },
  {
    command: 'events',
    flags: '--for, --types, -A, -o',
    steps: [
      WEB,
      step('events --for deployment/web', 'ScalingReplicaSet', soon),
      step('events --types=Normal -A', 'ScalingReplicaSet'),
    ],
  },
  {
    command: 'api-resources',
    flags: '--namespaced, --api-group, --verbs, --categories, -o wide|name, --sort-by',
    steps: [
      step('api-resources --namespaced=false -o wide', /nodes +no +v1 +false +Node +create,delete/),
      step('api-resources --api-group=apps -o name', 'deployments.apps'),
      step('api-resources --categories=all --verbs=list --sort-by=name', 'Deployment'),
    ],
  },
  { command: 'api-versions', flags: '', steps: [step('api-versions', /apps\/v1\n[\s\S]*\nv1\n/)] },
  {
    command: 'cluster-info',
    flags: '',
    steps: [step('cluster-info', 'control plane')],
  },
  {
    command: 'cluster-info dump',
    flags: '--namespaces',
    steps: [step('cluster-info dump --namespaces=$NS', '"kind": "NodeList"')],
  },
  {
    command: 'version',
    flags: '-o, --client',
    steps: [step('version -o yaml', /serverVersion:[\s\S]*minor: "36"/)],
  },
  {
    command: 'wait',
    flags: '--for=condition|delete|jsonpath|create, --timeout, --all',
    steps: [
      WEB,
      step('wait deploy/web --for=condition=Available --timeout=30s', 'condition met'),
      step("wait deploy/web --for=jsonpath='{.status.readyReplicas}'=2 --timeout=30s", 'condition met'),
      step('wait pods --all --for=condition=Ready --timeout=30s', 'condition met'),
      step('wait deploy/web --for=condition=Nonsense --timeout=1s', 'timed out', { fails: true }),
      step('delete deploy web --wait=false'),
      step('wait deploy/web --for=delete --timeout=30s'),
    ],
  },
  {
    command: 'diff',
    flags: '-f, --server-side',
    steps: [
      step('apply -f -', 'created', { input: MAP }),
      step('diff -f -', /- {2}a: "1"\n\+ {2}a: "2"/, { input: MAP.replace('"1"', '"2"'), fails: true }),
      step('diff --server-side --force-conflicts -f -', '+  a: "2"', { input: MAP.replace('"1"', '"2"'), fails: true }),
      step('diff -f -', '', { input: MAP }),
    ],
  },
  {
    command: 'logs',
    flags: '-c, -f, --previous, --tail, --since, --timestamps, -l, --all-containers',
    steps: [
      step('run quiet --image=nginx'),
      step('wait pod/quiet --for=condition=Ready --timeout=30s'),
      step('logs quiet', 'the annotation islet.dev/simulated-logs of a pod says what it logs', { fails: true }),
      step(`annotate pod quiet islet.dev/simulated-logs='a\nb' islet.dev/simulated-exit-after=6`),
      step('logs quiet -c quiet --tail=1 --timestamps --since=1h', /^\d{4}-\S+Z b\n$/),
      step('logs -f quiet', 'a\nb\n'),
      step('logs quiet --previous', 'a\nb\n', soon),
      step('logs -l run=quiet --all-containers --prefix', '[pod/quiet/quiet] a'),
    ],
  },
  { command: 'top node', flags: '', steps: [step('top node', /sim-0 +\d+m/, soon)] },
  {
    command: 'top pod',
    flags: '-A, --containers',
    steps: [step('create deployment busy --image=nginx'), step('top pod -A --containers', /busy-\S+ +nginx/, soon)],
  },
];
