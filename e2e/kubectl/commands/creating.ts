import { type Case, DEPLOYMENT, MAP, step } from './case.ts';

const CERTIFICATE = '--cert=$DIR/tls.crt --key=$DIR/tls.key';
const VALIDATED = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndatum: {}\n';

export const creating: readonly Case[] = [
  {
    command: 'create',
    flags: '-f -, --dry-run, --validate, --save-config, --raw, -o',
    steps: [
      step('create -f - --dry-run=server -o yaml', 'uid:', { input: MAP }),
      step('create -f - --save-config', 'configmap/map created', { input: MAP }),
      step('get cm map -o yaml', 'last-applied-configuration'),
      step('create -f -', 'AlreadyExists', { input: MAP, fails: true }),
      step('create -f -', 'unknown field "datum"', { input: VALIDATED, fails: true }),
      step('create -f - --validate=warn', 'Warning: unknown field "datum"', { input: VALIDATED }),
      step('create --raw /api/v1/namespaces/$NS/configmaps -f -', '"name":"raw"', {
        input: '{"metadata":{"name":"raw"}}',
      }),
    ],
  },
  {
    command: 'create clusterrole',
    flags: '--verb, --resource, --resource-name, --non-resource-url, --aggregation-rule',
    steps: [
      step('create clusterrole cr-a-$NS --verb=get,list --resource=pods,deployments.apps/scale', 'created'),
      step('create clusterrole cr-b-$NS --verb=get --non-resource-url=/healthz', 'created'),
      step('create clusterrole cr-c-$NS --aggregation-rule=x=y', 'created'),
      step('delete clusterrole cr-a-$NS cr-b-$NS cr-c-$NS'),
    ],
  },
  {
    command: 'create clusterrolebinding',
    flags: '--clusterrole, --user, --group, --serviceaccount',
    steps: [
      step('create clusterrolebinding crb-$NS --clusterrole=view --user=a --group=b --serviceaccount=$NS:default'),
      step('get clusterrolebinding crb-$NS -o wide', /ClusterRole\/view +\S+ +a +b +\S+\/default/),
      step('delete clusterrolebinding crb-$NS'),
    ],
  },
  {
    command: 'create configmap',
    flags: '--from-literal, --from-file, --from-env-file, --append-hash',
    steps: [
      step('create configmap cm --from-literal=a=b --from-file=$DIR/file', 'created'),
      step('create configmap hashed --from-env-file=$DIR/env --append-hash', /hashed-\w+ created/),
      step("get cm cm -o jsonpath='{.data.a} {.data.file}'", 'b text'),
    ],
  },
  {
    command: 'create cronjob',
    flags: '--image, --schedule, --restart',
    steps: [
      step("create cronjob cron --image=busybox --schedule='*/5 * * * *' --restart=OnFailure -- date", 'created'),
      step('get cj cron', /cron +\*\/5 \* \* \* \* +<none> +False/),
    ],
  },
  {
    command: 'create deployment',
    flags: '--image, --replicas, --port, -- COMMAND',
    steps: [
      step('create deployment dep --image=nginx --replicas=2 --port=80', 'created'),
      step('rollout status deploy/dep --timeout=30s', 'successfully rolled out'),
    ],
  },
  {
    command: 'create ingress',
    flags: '--rule, --class, --default-backend, --annotation',
    steps: [
      step('create ingress ing --class=c --rule=a.example.com/path*=svc:80,tls=secret --annotation=a=b', 'created'),
      step('describe ingress ing', /a\.example\.com +\n? +\/path +svc:80/),
    ],
  },
  {
    command: 'create job',
    flags: '--image, --from=cronjob, -- COMMAND',
    steps: [
      step('create job one --image=busybox -- date', 'created'),
      step("create cronjob daily --image=busybox --schedule='0 0 * * *' -- date"),
      step('create job two --from=cronjob/daily', 'created'),
    ],
  },
  {
    command: 'create namespace',
    flags: '--dry-run',
    steps: [
      step('create namespace made-$NS --dry-run=server', 'created (server dry run)'),
      step('create namespace made-$NS', 'created'),
      step('delete namespace made-$NS', 'deleted'),
    ],
  },
  {
    command: 'create poddisruptionbudget',
    flags: '--selector, --min-available, --max-unavailable',
    steps: [
      step('create pdb pdb --selector=app=web --min-available=1', 'created'),
      step('create pdb other --selector=app=web --max-unavailable=50%', 'created'),
      step('get pdb', /pdb +1 +N\/A/),
    ],
  },
  {
    command: 'create priorityclass',
    flags: '--value, --global-default, --preemption-policy',
    steps: [
      step('create priorityclass pc-$NS --value=1000 --preemption-policy=Never --description=d', 'created'),
      step('delete priorityclass pc-$NS'),
    ],
  },
  {
    command: 'create quota',
    flags: '--hard, --scopes',
    steps: [
      step('create quota quota --hard=pods=2,count/secrets=9', 'created'),
      step('create quota best --hard=pods=9 --scopes=BestEffort', 'created'),
      step('describe quota quota', /pods +\d+ +2/, { eventually: true }),
      step('delete quota --all'),
    ],
  },
  {
    command: 'create role',
    flags: '--verb, --resource, --resource-name',
    steps: [
      step('create role role --verb=get --resource=pods --resource-name=a', 'created'),
      step('describe role role', /pods +\[\] +\[a\] +\[get\]/),
    ],
  },
  {
    command: 'create rolebinding',
    flags: '--role, --clusterrole, --user, --group, --serviceaccount',
    steps: [
      step('create rolebinding rb --clusterrole=view --user=jane --group=dev', 'created'),
      step('auth can-i list pods --as=jane', 'yes'),
      step('auth can-i delete pods --as=jane', 'no', { fails: true }),
    ],
  },
  {
    command: 'create secret docker-registry',
    flags: '--docker-server, --docker-username, --docker-password',
    steps: [
      step('create secret docker-registry reg --docker-server=r --docker-username=u --docker-password=p', 'created'),
      step('get secret reg', 'kubernetes.io/dockerconfigjson'),
    ],
  },
  {
    command: 'create secret generic',
    flags: '--from-literal, --from-file, --type',
    steps: [
      step('create secret generic sec --from-literal=a=b --type=example.com/x', 'created'),
      step('get secret sec -o go-template={{.data.a}}', 'Yg=='),
    ],
  },
  {
    command: 'create secret tls',
    flags: '--cert, --key',
    steps: [
      step(`create secret tls tls ${CERTIFICATE}`, 'created'),
      step('describe secret tls', /kubernetes\.io\/tls[\s\S]*tls\.crt: +\d+ bytes/),
    ],
  },
  {
    command: 'create service clusterip',
    flags: '--tcp, --clusterip',
    steps: [
      step('create service clusterip cip --tcp=80:8080', 'created'),
      step('create service clusterip headless --tcp=80 --clusterip=None', 'created'),
      step('get svc', /cip +ClusterIP +10\.[\s\S]*headless +ClusterIP +None/),
    ],
  },
  {
    command: 'create service externalname',
    flags: '--external-name',
    steps: [
      step('create service externalname ext --external-name=example.com', 'created'),
      step('get svc ext', /ExternalName +<none> +example\.com/),
    ],
  },
  {
    command: 'create service loadbalancer',
    flags: '--tcp',
    steps: [
      step('create service loadbalancer lb --tcp=80', 'created'),
      step('get svc lb', /LoadBalancer +\S+ +<pending> +80:3\d+\/TCP/),
    ],
  },
  {
    command: 'create service nodeport',
    flags: '--tcp, --node-port',
    steps: [
      step('create service nodeport np --tcp=80', 'created'),
      step('get svc np', /NodePort +\S+ +<none> +80:3\d+\/TCP/),
    ],
  },
  {
    command: 'create serviceaccount',
    flags: '--dry-run',
    steps: [step('create serviceaccount robot', 'created'), step('get sa robot', 'robot')],
  },
  {
    command: 'create token',
    flags: '--audience, --duration, --bound-object-kind',
    steps: [
      step('create sa bot', 'created'),
      step('create token bot --duration=10m --audience=a', /^ey/),
      step('create secret generic bound'),
      step('create token bot --bound-object-kind=Secret --bound-object-name=bound', /^ey/),
    ],
  },
  {
    command: 'run',
    flags: '--image, --labels, --env, --port, --expose, --restart, --overrides, --dry-run',
    steps: [
      step(
        'run short --image=nginx --labels=a=b --env=A=b --port=80 --expose',
        /service\/short created\npod\/short created/,
      ),
      step('run once --image=busybox --restart=Never --dry-run=server -o yaml -- date', 'restartPolicy: Never'),
      step(`run odd --image=nginx --overrides='{"spec":{"priority":0}}'`, 'created'),
      step('wait pod/short --for=condition=Ready --timeout=30s', 'condition met'),
    ],
  },
  {
    command: 'expose',
    flags: '--port, --target-port, --type, --name, --selector',
    steps: [
      step('apply -f -', 'created', { input: DEPLOYMENT }),
      step('expose deploy web --port=80 --target-port=8080', 'exposed'),
      step('expose svc web --port=81 --name=again --type=NodePort', 'exposed'),
      step('get endpointslices -l kubernetes.io/service-name=web', /8080 +10\./, { eventually: true }),
    ],
  },
  {
    command: 'autoscale',
    flags: '--min, --max, --cpu-percent, --name',
    steps: [
      step('create deployment scaled --image=nginx'),
      step('autoscale deploy scaled --min=2 --max=5 --cpu-percent=80', 'autoscaled'),
      step('get hpa scaled', /Deployment\/scaled +\S+ \S+\/80% +2 +5/),
    ],
  },
];
