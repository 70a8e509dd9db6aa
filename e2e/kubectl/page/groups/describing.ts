import { type Group, piped } from '../lines.ts';
import { MAP, WEB } from './basics.ts';

const FULL_POD = `apiVersion: v1
kind: Pod
metadata:
  name: full
  labels: {app: full, tier: a}
  annotations: {note: short, long: "${'x'.repeat(200)}", lines: "a\\nb\\n"}
spec:
  terminationGracePeriodSeconds: 1
  nodeSelector: {kubernetes.io/os: linux}
  tolerations: [{key: a, operator: Exists, effect: NoSchedule}, {key: b, value: c, effect: NoExecute, tolerationSeconds: 5}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: full}}}]
  initContainers: [{name: init, image: busybox, command: [sh, -c, "echo a\\necho b"]}]
  containers:
    - name: main
      image: nginx:1.27
      args: [a, b]
      ports: [{containerPort: 80, name: http}, {containerPort: 443, hostPort: 8443}]
      resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
      livenessProbe: {httpGet: {path: /healthz, port: 80}, initialDelaySeconds: 3}
      readinessProbe: {tcpSocket: {port: http}}
      startupProbe: {exec: {command: [cat, /tmp/x]}}
      envFrom: [{configMapRef: {name: map, optional: true}}, {secretRef: {name: s, optional: true}, prefix: P_}]
      env:
        - {name: A, value: b}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        - {name: KEY, valueFrom: {configMapKeyRef: {name: map, key: a, optional: true}}}
        - {name: SEC, valueFrom: {secretKeyRef: {name: s, key: a, optional: true}}}
      volumeMounts: [{name: empty, mountPath: /empty}, {name: map, mountPath: /map, readOnly: true, subPath: a}]
    - {name: side, image: busybox}
  volumes:
    - {name: empty, emptyDir: {}}
    - {name: map, configMap: {name: map, optional: true}}
    - {name: sec, secret: {secretName: s, optional: true}}
    - {name: host, hostPath: {path: /tmp}}
    - {name: down, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
    - {name: all, projected: {sources: [{configMap: {name: map, optional: true}}, {secret: {name: s, optional: true}}]}}
`;
const STATEFUL = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: 'postgres:17'}]}
  volumeClaimTemplates:
    - metadata: {name: data, labels: {a: b}}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;
const DAEMON = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}, annotations: {x: y}}
    spec: {containers: [{name: agent, image: busybox}]}
`;
const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {a: b}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {namespaceSelector: {}, podSelector: {}}]
      ports: [{port: 80}, {port: 90, endPort: 99, protocol: UDP}]
    - {}
`;
const VOLUME = `apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-lines}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  storageClassName: manual
  hostPath: {path: /data}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]}}
`;
const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 1Gi}}}
`;
const LIMITS = `apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, max: {cpu: '1'}}]}
`;
const SCALER = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: hpa}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: absent}
  minReplicas: 1
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
`;
/** Pods of other groups are where they are by chance. */
const NODE: readonly [RegExp, string][] = [[/Machine ID: .*|Non-terminated Pods:[\s\S]*/g, '']];

export const describing: readonly Group[] = [
  {
    name: 'describe workloads',
    lines: [
      piped('apply -f -', WEB),
      'rollout status deploy/web --timeout=60s',
      'describe deploy web',
      'describe deploy',
      'describe rs',
      'describe pods -l app=web',
      'describe pods',
      'describe pod nope',
      'describe pods web',
      'describe deploy/web --show-events=false',
      piped('describe -f -', WEB),
      'describe',
      'describe nothing',
      'describe pods -l app=nothing',
      piped('apply -f -', FULL_POD),
      'wait pod/full --for=condition=Ready --timeout=60s',
      'describe pod full',
      piped('apply -f -', STATEFUL),
      'describe sts db',
      piped('apply -f -', DAEMON),
      'rollout status ds/agent --timeout=60s',
      'describe ds agent',
      'create job once --image=busybox -- date',
      'describe job once',
      `create cronjob cron --image=busybox --schedule='0 0 1 1 *' -- date`,
      'describe cronjob cron',
      'delete pod full',
    ],
  },
  {
    name: 'describe the rest',
    lines: [
      { line: 'describe node sim-0 --show-events=false', mask: NODE },
      'create service clusterip cip --tcp=80:8080',
      'create service nodeport np --tcp=80:http',
      'create service externalname ext --external-name=example.com',
      'describe svc cip',
      'describe svc np ext',
      'create ingress ing --class=c --rule=a.example.com/path*=cip:80,tls=secret --rule=/x=none:http --annotation=a=b',
      'describe ing ing',
      'create ingress only --default-backend=cip:80',
      'describe ing only',
      piped('apply -f -', MAP),
      'describe cm map',
      'create secret generic sec --from-literal=a=bcd',
      'describe secret sec',
      'describe sa default',
      'create quota q --hard=pods=20,requests.memory=1Gi --scopes=BestEffort',
      'create quota q2 --hard=count/secrets=9,requests.cpu=2',
      'describe quota',
      piped('apply -f -', LIMITS),
      'describe limits limits',
      'describe ns default',
      'describe ns kube-system',
      'create pdb p --selector=app=web --min-available=50%',
      'describe pdb p',
      'create role r --verb=get,list --resource=pods,deployments.apps/scale --resource-name=a --resource-name=b',
      'describe role r',
      'describe clusterrole view',
      'describe clusterrole admin',
      'create rolebinding rb --clusterrole=view --user=jane --serviceaccount=default:bot',
      'describe rolebinding rb',
      'describe clusterrolebinding cluster-admin',
      piped('apply -f -', POLICY),
      'describe netpol np',
      piped('apply -f -', VOLUME),
      piped('apply -f -', CLAIM),
      'describe pv pv-lines',
      'describe pvc claim',
      'describe sc',
      piped('apply -f -', SCALER),
      'describe hpa hpa',
      'describe pc system-node-critical',
      'describe endpointslices -l kubernetes.io/service-name=cip',
      'describe ingressclass',
      'describe csidrivers',
      'describe controllerrevisions',
    ],
  },
];
