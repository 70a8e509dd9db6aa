import { type Case, DEPLOYMENT, MAP, soon, step } from './case.ts';

const WEB = step('apply -f -', undefined, { input: DEPLOYMENT });
const ROLLED = step('rollout status deploy/web --timeout=30s', 'successfully rolled out');
const EDITOR = { env: { KUBE_EDITOR: 'sed -i s/nginx:1.27/nginx:1.28/' } };
const SET = 'applyset-parent';
const NODE = `apiVersion: v1
kind: Node
metadata: {name: sim-9, labels: {islet.dev/simulated: "true", topology.kubernetes.io/zone: z}}
`;

export const changing: readonly Case[] = [
  {
    command: 'apply',
    flags:
      '-f, -k, --server-side, --force-conflicts, --field-manager, --prune, --prune-allowlist, --applyset, --dry-run',
    steps: [
      step('apply -f -', 'created', { input: MAP }),
      step('apply -f -', 'unchanged', { input: MAP }),
      step('apply -f - --dry-run=server', 'configured (server dry run)', { input: MAP.replace('"1"', '"2"') }),
      step('apply --server-side -f - --field-manager=other', 'conflict', {
        input: MAP.replace('"1"', '"3"'),
        fails: true,
      }),
      step('apply --server-side -f - --field-manager=other --force-conflicts', 'serverside-applied', {
        input: MAP.replace('"1"', '"3"'),
      }),
      step('apply -k $DIR/kustomization', /configmap\/kustomized-\w+ created/),
      step('apply --prune -l seq=one --prune-allowlist=core/v1/ConfigMap -f -', 'created', {
        input: MAP.replace('name: map', 'name: pruned, labels: {seq: one}'),
      }),
      step('apply --prune -l seq=one --prune-allowlist=core/v1/ConfigMap -f -', 'configmap/pruned pruned', {
        input: MAP.replace('name: map', 'name: kept, labels: {seq: one}'),
      }),
      step(`apply -n $NS --prune --applyset=${SET} -f -`, 'created', {
        input: MAP.replace('name: map', 'name: in-set'),
        env: { KUBECTL_APPLYSET: 'true' },
      }),
      step(`apply -n $NS --prune --applyset=${SET} -f -`, 'configmap/in-set pruned', {
        input: MAP.replace('name: map', 'name: next'),
        env: { KUBECTL_APPLYSET: 'true' },
      }),
    ],
  },
  {
    command: 'apply edit-last-applied',
    flags: '',
    steps: [WEB, step('apply edit-last-applied deploy/web', 'edited', EDITOR)],
  },
  {
    command: 'apply set-last-applied',
    flags: '--create-annotation',
    steps: [
      step('create -f -', undefined, { input: MAP }),
      step('apply set-last-applied -f $DIR/map.yaml --create-annotation', 'configured'),
      step('apply view-last-applied cm/map', 'a: "1"'),
    ],
  },
  {
    command: 'apply view-last-applied',
    flags: '-o',
    steps: [WEB, step('apply view-last-applied deploy/web -o json', '"kind": "Deployment"')],
  },
  {
    command: 'edit',
    flags: '--subresource, -o, --save-config',
    steps: [WEB, step('edit deploy/web', 'edited', EDITOR), step('edit deploy/web', 'no changes', EDITOR)],
  },
  {
    command: 'delete',
    flags: '--all, -l, --cascade, --grace-period, --force, --now, --wait, --ignore-not-found, --dry-run, --raw',
    steps: [
      WEB,
      step('delete deploy web --dry-run=server', 'server dry run'),
      step('delete deploy web --cascade=orphan', 'deleted'),
      step('delete rs -l app=web --cascade=foreground', 'deleted'),
      step('run gone --image=nginx'),
      step('delete pod gone --grace-period=0 --force', 'force deleted'),
      step('delete pod gone --ignore-not-found', ''),
      step('create configmap raw'),
      step('delete --raw /api/v1/namespaces/$NS/configmaps/raw', '"status":"Success"'),
      step('delete pods,cm --all --now', 'deleted'),
      step('create -f -', 'node/sim-9 created', { input: NODE }),
      step('wait node/sim-9 --for=condition=Ready --timeout=30s', 'condition met'),
      step('get node sim-9 -L topology.kubernetes.io/zone', /^sim-9 +Ready +<none> +\S+ +v1\.36\.3\+islet +z$/m),
      step('drain sim-9', 'drained'),
      step('delete node sim-9', 'node "sim-9" deleted'),
      step('get node sim-9', 'nodes "sim-9" not found', { fails: true }),
    ],
  },
  {
    command: 'patch',
    flags: '--type strategic|merge|json, -p, --patch-file, --subresource',
    steps: [
      WEB,
      step(`patch deploy web -p '{"spec":{"replicas":3}}'`, 'patched'),
      step(`patch deploy web --type=merge -p '{"metadata":{"labels":{"a":"b"}}}'`, 'patched'),
      step(`patch deploy web --type=json -p '[{"op":"remove","path":"/metadata/labels/a"}]'`, 'patched'),
      step(`patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`, 'patched'),
      step('get deploy web -o jsonpath={.spec.replicas}', /^1$/),
    ],
  },
  {
    command: 'replace',
    flags: '-f, --force, --raw, --subresource',
    steps: [
      step('create -f -', undefined, { input: MAP }),
      step('replace -f -', 'replaced', { input: MAP.replace('"1"', '"2"') }),
      step('replace --force -f -', 'replaced', { input: MAP }),
    ],
  },
  {
    command: 'label',
    flags: '--overwrite, --list, --all, -l, KEY-',
    steps: [
      WEB,
      step('label deploy web a=b', 'labeled'),
      step('label deploy web a=c', 'already has a value', { fails: true }),
      step('label deploy web a=c --overwrite', 'labeled'),
      step('label deploy web --list', 'a=c'),
      step('label deploy web a-', 'unlabeled'),
    ],
  },
  {
    command: 'annotate',
    flags: '--overwrite, --list, KEY-',
    steps: [
      WEB,
      step('annotate deploy web a=b', 'annotated'),
      step('annotate deploy web --list', 'a=b'),
      step('annotate deploy web a-', 'annotated'),
    ],
  },
  {
    command: 'scale',
    flags: '--replicas, --current-replicas, --timeout',
    steps: [
      WEB,
      step('scale deploy web --replicas=3 --current-replicas=2', 'scaled'),
      step('scale deploy web --replicas=4 --current-replicas=9', 'Expected replicas to be 9', { fails: true }),
      step('get deploy web', /3\/3/, soon),
    ],
  },
  {
    command: 'set env',
    flags: '--list, --from, KEY-',
    steps: [
      WEB,
      step('set env deploy/web A=b', 'env updated'),
      step('set env deploy/web --list', 'A=b'),
      step('set env deploy/web A-', 'env updated'),
    ],
  },
  {
    command: 'set image',
    flags: '',
    steps: [WEB, step('set image deploy/web nginx=nginx:1.28', 'image updated')],
  },
  {
    command: 'set resources',
    flags: '--limits, --requests, -c',
    steps: [
      WEB,
      step(
        'set resources deploy/web -c nginx --limits=cpu=200m,memory=64Mi --requests=cpu=100m',
        'resource requirements updated',
      ),
    ],
  },
  {
    command: 'set selector',
    flags: '',
    steps: [
      step('create service clusterip svc --tcp=80'),
      step("set selector svc svc 'app=other'", 'selector updated'),
    ],
  },
  {
    command: 'set serviceaccount',
    flags: '',
    steps: [WEB, step('create sa robot'), step('set serviceaccount deploy web robot', 'serviceaccount updated')],
  },
  {
    command: 'set subject',
    flags: '--user, --group, --serviceaccount',
    steps: [
      step('create rolebinding rb --clusterrole=view --user=a'),
      step('set subject rolebinding rb --user=b --group=c', 'subjects updated'),
    ],
  },
  {
    command: 'rollout history',
    flags: '--revision',
    steps: [
      WEB,
      ROLLED,
      step('rollout history deploy/web', /REVISION +CHANGE-CAUSE\n1 /),
      step('rollout history deploy/web --revision=1', 'nginx:1.27'),
    ],
  },
  { command: 'rollout pause', flags: '', steps: [WEB, step('rollout pause deploy/web', 'paused')] },
  {
    command: 'rollout resume',
    flags: '',
    steps: [WEB, step('rollout pause deploy/web'), step('rollout resume deploy/web', 'resumed')],
  },
  {
    command: 'rollout restart',
    flags: '-l',
    steps: [WEB, ROLLED, step('rollout restart deploy/web', 'restarted'), ROLLED],
  },
  { command: 'rollout status', flags: '--watch, --timeout, --revision', steps: [WEB, ROLLED] },
  {
    command: 'rollout undo',
    flags: '--to-revision, --dry-run',
    steps: [
      WEB,
      ROLLED,
      step('set image deploy/web nginx=nginx:1.28'),
      ROLLED,
      step('rollout undo deploy/web --to-revision=1', 'rolled back'),
      step('get deploy web -o jsonpath={..image}', 'nginx:1.27'),
    ],
  },
  {
    command: 'cordon',
    flags: '--dry-run, -l',
    steps: [step('cordon sim-2', 'cordoned'), step('get node sim-2', 'SchedulingDisabled'), step('uncordon sim-2')],
  },
  { command: 'uncordon', flags: '', steps: [step('cordon sim-2'), step('uncordon sim-2', 'uncordoned')] },
  {
    command: 'drain',
    flags: '--ignore-daemonsets, --delete-emptydir-data, --force, --timeout, --pod-selector',
    steps: [
      WEB,
      ROLLED,
      step('drain sim-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=60s', 'drained'),
      step('get pods -A --field-selector=spec.nodeName=sim-1', 'No resources found'),
      step('uncordon sim-1', 'uncordoned'),
    ],
  },
  {
    command: 'taint',
    flags: '--overwrite, KEY:EFFECT-',
    steps: [
      step('taint node sim-2 a=b:NoSchedule', 'tainted'),
      step('taint node sim-2 a=c:NoSchedule --overwrite', 'modified'),
      step('taint node sim-2 a:NoSchedule-', 'untainted'),
    ],
  },
  {
    command: 'debug',
    flags: '--image, --target, --copy-to, --share-processes, --profile, --set-image, node/NAME',
    steps: [
      step('run target --image=nginx'),
      step('wait pod/target --for=condition=Ready --timeout=30s'),
      step('debug target --image=busybox --target=target --profile=general -c dbg -- sleep 60', 'Targeting container'),
      step("get pod target -o jsonpath='{.status.ephemeralContainerStatuses[0].state}'", 'running', soon),
      step('debug target --image=busybox --copy-to=copy --share-processes --set-image=*=nginx:1.28 -- sleep 60', ''),
      step('get pod copy -o jsonpath={.spec.shareProcessNamespace}', 'true'),
      step('debug node/sim-0 --image=busybox --profile=netadmin -- sleep 60', 'Creating debugging pod'),
    ],
  },
];
