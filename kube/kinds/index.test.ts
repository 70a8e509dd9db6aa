import { expect, test } from 'vitest';
import { kinds } from './index.ts';

/**
 * Discovery of Kubernetes 1.36 itself: apiVersion | plural | kind | singular | scope | short names | categories | verbs
 * (* for the generic eight) | subresources | columns (* wide, :i integer, :b boolean, :d date, @ format `name`).
 */
const UPSTREAM = `
admissionregistration.k8s.io/v1|mutatingadmissionpolicies|MutatingAdmissionPolicy|mutatingadmissionpolicy|C||api-extensions|*||Name@,Mutations:i,ParamKind,Age
admissionregistration.k8s.io/v1|mutatingadmissionpolicybindings|MutatingAdmissionPolicyBinding|mutatingadmissionpolicybinding|C||api-extensions|*||Name@,PolicyName,ParamRef,Age
admissionregistration.k8s.io/v1|mutatingwebhookconfigurations|MutatingWebhookConfiguration|mutatingwebhookconfiguration|C||api-extensions|*||Name@,Webhooks:i,Age
admissionregistration.k8s.io/v1|validatingadmissionpolicies|ValidatingAdmissionPolicy|validatingadmissionpolicy|C||api-extensions|*|status|Name@,Validations:i,ParamKind,Age
admissionregistration.k8s.io/v1|validatingadmissionpolicybindings|ValidatingAdmissionPolicyBinding|validatingadmissionpolicybinding|C||api-extensions|*||Name@,PolicyName,ParamRef,Age
admissionregistration.k8s.io/v1|validatingwebhookconfigurations|ValidatingWebhookConfiguration|validatingwebhookconfiguration|C||api-extensions|*||Name@,Webhooks:i,Age
apiextensions.k8s.io/v1|customresourcedefinitions|CustomResourceDefinition|customresourcedefinition|C|crd,crds|api-extensions|*|status|Name@,Created At:d
apiregistration.k8s.io/v1|apiservices|APIService|apiservice|C||api-extensions|*|status|Name@,Service,Available,Age
apps/v1|controllerrevisions|ControllerRevision|controllerrevision|N|||*||Name@,Controller,Revision,Age
apps/v1|daemonsets|DaemonSet|daemonset|N|ds|all|*|status|Name@,Desired:i,Current:i,Ready:i,Up-to-date:i,Available:i,Node Selector,Age,Containers*,Images*,Selector*
apps/v1|deployments|Deployment|deployment|N|deploy|all|*|scale,status|Name@,Ready,Up-to-date,Available,Age,Containers*,Images*,Selector*
apps/v1|replicasets|ReplicaSet|replicaset|N|rs|all|*|scale,status|Name@,Desired:i,Current:i,Ready:i,Age,Containers*,Images*,Selector*
apps/v1|statefulsets|StatefulSet|statefulset|N|sts|all|*|scale,status|Name@,Ready,Age,Containers*,Images*
authentication.k8s.io/v1|selfsubjectreviews|SelfSubjectReview|selfsubjectreview|C|||create||
authentication.k8s.io/v1|tokenreviews|TokenReview|tokenreview|C|||create||
authorization.k8s.io/v1|localsubjectaccessreviews|LocalSubjectAccessReview|localsubjectaccessreview|N|||create||
authorization.k8s.io/v1|selfsubjectaccessreviews|SelfSubjectAccessReview|selfsubjectaccessreview|C|||create||
authorization.k8s.io/v1|selfsubjectrulesreviews|SelfSubjectRulesReview|selfsubjectrulesreview|C|||create||
authorization.k8s.io/v1|subjectaccessreviews|SubjectAccessReview|subjectaccessreview|C|||create||
autoscaling/v1|horizontalpodautoscalers|HorizontalPodAutoscaler|horizontalpodautoscaler|N|hpa|all|*|status|Name@,Reference,Targets,MinPods,MaxPods,Replicas,Age
autoscaling/v2|horizontalpodautoscalers|HorizontalPodAutoscaler|horizontalpodautoscaler|N|hpa|all|*|status|Name@,Reference,Targets,MinPods,MaxPods,Replicas,Age
batch/v1|cronjobs|CronJob|cronjob|N|cj|all|*|status|Name@,Schedule,Timezone,Suspend:b,Active:i,Last Schedule,Age,Containers*,Images*,Selector*
batch/v1|jobs|Job|job|N||all|*|status|Name@,Status,Completions,Duration,Age,Containers*,Images*,Selector*
certificates.k8s.io/v1|certificatesigningrequests|CertificateSigningRequest|certificatesigningrequest|C|csr||*|approval,status|Name@,Age,SignerName,Requestor,RequestedDuration,Condition
coordination.k8s.io/v1|leases|Lease|lease|N|||*||Name@,Holder,Age
discovery.k8s.io/v1|endpointslices|EndpointSlice|endpointslice|N|||*||Name@,AddressType,Ports,Endpoints,Age
events.k8s.io/v1|events|Event|event|N|ev||*||Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*@
flowcontrol.apiserver.k8s.io/v1|flowschemas|FlowSchema|flowschema|C|||*|status|Name@,PriorityLevel,MatchingPrecedence,DistinguisherMethod,Age,MissingPL
flowcontrol.apiserver.k8s.io/v1|prioritylevelconfigurations|PriorityLevelConfiguration|prioritylevelconfiguration|C|||*|status|Name@,Type,NominalConcurrencyShares,Queues,HandSize,QueueLengthLimit,Age
metrics.k8s.io/v1beta1|nodes|NodeMetrics||C|||get,list||Name@,cpu@,memory@,Window@
metrics.k8s.io/v1beta1|pods|PodMetrics||N|||get,list||Name@,cpu@,memory@,Window@
networking.k8s.io/v1|ingressclasses|IngressClass|ingressclass|C|||*||Name@,Controller,Parameters,Age
networking.k8s.io/v1|ingresses|Ingress|ingress|N|ing||*|status|Name@,Class,Hosts,Address,Ports,Age
networking.k8s.io/v1|ipaddresses|IPAddress|ipaddress|C|ip||*||Name@,ParentRef
networking.k8s.io/v1|networkpolicies|NetworkPolicy|networkpolicy|N|netpol||*||Name@,Pod-Selector,Age
networking.k8s.io/v1|servicecidrs|ServiceCIDR|servicecidr|C|||*|status|Name@,CIDRs,Age
node.k8s.io/v1|runtimeclasses|RuntimeClass|runtimeclass|C|||*||Name@,Handler,Age
policy/v1|poddisruptionbudgets|PodDisruptionBudget|poddisruptionbudget|N|pdb||*|status|Name@,Min Available,Max Unavailable,Allowed Disruptions:i,Age
rbac.authorization.k8s.io/v1|clusterrolebindings|ClusterRoleBinding|clusterrolebinding|C|||*||Name@,Role,Age,Users*,Groups*,ServiceAccounts*
rbac.authorization.k8s.io/v1|clusterroles|ClusterRole|clusterrole|C|||*||Name@,Created At:d
rbac.authorization.k8s.io/v1|rolebindings|RoleBinding|rolebinding|N|||*||Name@,Role,Age,Users*,Groups*,ServiceAccounts*
rbac.authorization.k8s.io/v1|roles|Role|role|N|||*||Name@,Created At:d
resource.k8s.io/v1|deviceclasses|DeviceClass|deviceclass|C|||*||Name@,Age
resource.k8s.io/v1|resourceclaims|ResourceClaim|resourceclaim|N|||*|status|Name@,State,Age
resource.k8s.io/v1|resourceclaimtemplates|ResourceClaimTemplate|resourceclaimtemplate|N|||*||Name@,Age
resource.k8s.io/v1|resourceslices|ResourceSlice|resourceslice|C|||*||Name@,Node,Driver,Pool,Age
scheduling.k8s.io/v1|priorityclasses|PriorityClass|priorityclass|C|pc||*||Name@,Value:i,Global-Default:b,Age,PreemptionPolicy
storage.k8s.io/v1|csidrivers|CSIDriver|csidriver|C|||*||Name@,AttachRequired:b,PodInfoOnMount:b,StorageCapacity:b,TokenRequests,RequiresRepublish:b,Modes,Age
storage.k8s.io/v1|csinodes|CSINode|csinode|C|||*||Name@,Drivers:i,Age
storage.k8s.io/v1|csistoragecapacities|CSIStorageCapacity|csistoragecapacity|N|||*||Name@,Created At:d
storage.k8s.io/v1|storageclasses|StorageClass|storageclass|C|sc||*||Name@,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age
storage.k8s.io/v1|volumeattachments|VolumeAttachment|volumeattachment|C|||*|status|Name@,Attacher@,PV,Node,Attached:b,Age
storage.k8s.io/v1|volumeattributesclasses|VolumeAttributesClass|volumeattributesclass|C|vac||*||Name@,DriverName,Age
v1|bindings|Binding|binding|N|||create||
v1|componentstatuses|ComponentStatus|componentstatus|C|cs||get,list||Name@,Status,Message,Error
v1|configmaps|ConfigMap|configmap|N|cm||*||Name@,Data,Age
v1|endpoints|Endpoints|endpoints|N|ep||*||Name@,Endpoints,Age
v1|events|Event|event|N|ev||*||Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*@
v1|limitranges|LimitRange|limitrange|N|limits||*||Name@,Created At:d
v1|namespaces|Namespace|namespace|C|ns||create,delete,get,list,patch,update,watch|finalize,status|Name@,Status,Age
v1|nodes|Node|node|C|no||*|proxy,status|Name@,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*
v1|persistentvolumeclaims|PersistentVolumeClaim|persistentvolumeclaim|N|pvc||*|status|Name@,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*
v1|persistentvolumes|PersistentVolume|persistentvolume|C|pv||*|status|Name@,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,VolumeMode*
v1|pods|Pod|pod|N|po|all|*|attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status|Name@,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*
v1|podtemplates|PodTemplate|podtemplate|N|||*||Name@,Containers,Images,Pod Labels
v1|replicationcontrollers|ReplicationController|replicationcontroller|N|rc|all|*|scale,status|Name@,Desired:i,Current:i,Ready:i,Age,Containers*,Images*,Selector*
v1|resourcequotas|ResourceQuota|resourcequota|N|quota||*|status|Name@,Request,Limit,Age
v1|secrets|Secret|secret|N|||*||Name@,Type,Data,Age
v1|serviceaccounts|ServiceAccount|serviceaccount|N|sa||*|token|Name@,Age
v1|services|Service|service|N|svc|all|*|proxy,status|Name@,Type,Cluster-IP,External-IP,Port(s),Age,Selector*
`;

const GENERIC = 'create,delete,deletecollection,get,list,patch,update,watch';
const TYPE_MARKS: Record<string, string> = { string: '', integer: ':i', boolean: ':b', date: ':d' };

function line(kind: (typeof kinds)[number]): string {
  const { status, scale, others } = kind.subresources;
  const subresources = [...(status ? ['status'] : []), ...(scale ? ['scale'] : []), ...Object.keys(others ?? {})];
  const verbs = [...kind.verbs].sort().join(',');
  const columns = kind.columns.map(
    ({ name, priority, type, format }) => `${name}${priority ? '*' : ''}${TYPE_MARKS[type]}${format ? '@' : ''}`,
  );
  return [
    kind.apiVersion,
    kind.plural,
    kind.kind,
    kind.singular,
    kind.scope === 'Namespaced' ? 'N' : 'C',
    kind.shortNames.join(','),
    kind.categories.join(','),
    verbs === GENERIC ? '*' : verbs,
    subresources.sort().join(','),
    kind.verbs.includes('list') ? columns.join(',') : '',
  ].join('|');
}

test('every stable kind of Kubernetes 1.36 is in the table, described and printed as upstream does', () => {
  expect(kinds.map(line).sort()).toEqual(UPSTREAM.trim().split('\n').sort());
});

test('no kind, and no resource of a version, is there twice', () => {
  const seen = kinds.flatMap((kind) => [`${kind.apiVersion}/${kind.kind}`, `${kind.resource}@${kind.version}`]);
  expect(seen.filter((name, at) => seen.indexOf(name) !== at)).toEqual([]);
});

test('a short name means one resource', () => {
  const owners = new Map<string, string>();
  for (const { shortNames, plural } of kinds) {
    for (const short of shortNames) {
      expect(owners.get(short) ?? plural).toBe(plural);
      owners.set(short, plural);
    }
  }
});

test('every kind has a schema', () => {
  for (const kind of kinds) expect(kind.schema).toMatchObject({ type: 'struct' });
});

test('cells, field labels, defaults and warnings bear an object with nothing in it', () => {
  for (const kind of kinds) {
    const empty = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: {} };
    for (const { cell } of kind.columns) expect(cell(empty, 0)).not.toBeUndefined();
    for (const label of Object.values(kind.selectableFields)) expect(typeof label(empty)).toBe('string');
    kind.strategy.applyDefaults?.(empty);
    kind.strategy.warnings?.(empty);
  }
});
