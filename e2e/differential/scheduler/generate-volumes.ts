/** Claims that are bound already, or wait for a volume, and the limits on where volumes can be used. */
import type { Json } from '../mutations.ts';
import { type Generator, HOST, NAMESPACES, ZONE } from './generate.ts';

const DRIVERS = ['disk.example.com', 'file.example.com'];
const CLAIMS = 4;

/** Of both namespaces. */
export function claims(generator: Generator): Json[] {
  return Object.keys(NAMESPACES).flatMap((namespace) =>
    Array.from({ length: CLAIMS }, (_, i) => boundClaim(generator, namespace, `c${i}`)).flat(),
  );
}

function boundClaim(generator: Generator, namespace: string, name: string): Json[] {
  const accessModes = [generator.one(['ReadWriteOnce', 'ReadWriteOncePod'])];
  const volumeName = `${namespace}-${name}`;
  const key = generator.one([ZONE, HOST]);
  const values = key === ZONE ? ['z1', 'z2'] : ['n1', 'n2', 'n3'];
  const terms = [{ matchExpressions: [{ key, operator: 'In', values }] }];
  const zoneLabel = generator.one([ZONE, 'failure-domain.beta.kubernetes.io/zone']);
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName, labels: generator.often(30) ? { [zoneLabel]: generator.one(['z1', 'z2__z3']) } : {} },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes,
      csi: { driver: generator.one(DRIVERS), volumeHandle: generator.one(['shared', volumeName]) },
      claimRef: { namespace, name },
      ...(generator.often(40) ? { nodeAffinity: { required: { nodeSelectorTerms: terms } } } : {}),
    },
    status: { phase: 'Bound' },
  };
  const isBound = generator.often(95);
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, annotations: isBound ? { 'pv.kubernetes.io/bind-completed': 'yes' } : {} },
    spec: {
      ...(isBound ? { volumeName } : {}),
      accessModes,
      storageClassName: '',
      resources: { requests: { storage: '1Gi' } },
    },
    status: { phase: isBound ? generator.one([...Array(9).fill('Bound'), 'Lost']) : 'Pending' },
  };
  return isBound && generator.often(95) ? [volume, claim] : [claim];
}

/** The limits of a node's drivers. */
export function csiNode(generator: Generator, name: string): Json {
  const drivers = DRIVERS.filter(() => generator.often(70)).map((driver) => ({
    name: driver,
    nodeID: name,
    ...(generator.often(80) ? { allocatable: { count: generator.between(0, 2) } } : {}),
  }));
  return { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name }, spec: { drivers } };
}

export function volumes(generator: Generator): Json[] {
  const source = (): Json =>
    generator.one<Json>([
      { persistentVolumeClaim: { claimName: `c${generator.between(0, CLAIMS)}` } },
      { persistentVolumeClaim: { claimName: `c${generator.between(0, CLAIMS - 1)}` } },
      { persistentVolumeClaim: { claimName: `c${generator.between(0, CLAIMS - 1)}` } },
      { awsElasticBlockStore: { volumeID: generator.one(['v1', 'v2']) } },
      { gcePersistentDisk: { pdName: 'd', readOnly: generator.often(50) } },
      { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2026-01.com.example:a', lun: 0, readOnly: generator.often(50) } },
      { rbd: { monitors: [generator.one(['a', 'b'])], image: 'i', readOnly: generator.often(50) } },
    ]);
  return Array.from({ length: generator.between(1, 2) }, (_, i) => ({ name: `v${i}`, ...source() }));
}
