/** Claims and the storage they ask for, by class too (`pkg/quota/v1/evaluator/core/persistent_volume_claims.go`). */
import { storageClassOf } from '../../kinds/columns/volumes.ts';
import { parseQuantity, type Quantity, unitCeil } from '../../machinery/quantity.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { ONE } from '../usage.ts';
import { countOf } from './counts.ts';
import { type Evaluator, type ScopeRequirement, selects } from './evaluator.ts';

type Claim = PersistentVolumeClaim;

const COUNT = countOf('persistentvolumeclaims');
const CLAIMS = 'persistentvolumeclaims';
const STORAGE = 'requests.storage';
const OF_CLASS = '.storageclass.storage.k8s.io/';

export const persistentVolumeClaims: Evaluator = {
  isCount: false,
  matches: (name) =>
    [COUNT, CLAIMS, STORAGE].includes(name) || [CLAIMS, STORAGE].some((one) => name.endsWith(`${OF_CLASS}${one}`)),
  usage(object) {
    const claim = object as unknown as Claim;
    const usage = new Map([
      [CLAIMS, ONE],
      [COUNT, ONE],
    ]);
    const storageClass = storageClassOf(object, claim.spec?.storageClassName);
    const storage = storageOf(claim);
    if (storage) usage.set(STORAGE, storage);
    if (storageClass !== '') {
      usage.set(`${storageClass}${OF_CLASS}${CLAIMS}`, ONE);
      if (storage) usage.set(`${storageClass}${OF_CLASS}${STORAGE}`, storage);
    }
    return usage;
  },
  matchesScope: (scope, object) => matchesScope(scope, object as unknown as Claim),
  handles({ subresource, object, old }) {
    if (subresource !== 'status') return subresource === '';
    return old !== undefined && print(object as unknown as Claim) !== print(old as unknown as Claim);
  },
};

/** Whole bytes: of what is asked for, or of a growth that is under way. */
function storageOf({ spec, status }: Claim): Quantity | undefined {
  const asked = whole(spec?.resources?.requests?.storage);
  const allocated = whole(allocatedOf(status));
  return asked && allocated && allocated.nano > asked.nano ? allocated : asked;
}

function allocatedOf(status: Claim['status']): string | undefined {
  return (status?.allocatedResources as Record<string, string> | undefined)?.storage;
}

function whole(text: string | undefined): Quantity | undefined {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity && { ...quantity, nano: unitCeil(quantity) * ONE.nano };
}

/** The class it has, the one it is to have, and the one it is being given. */
function attributesClasses({ spec, status }: Claim): string[] {
  const names = [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return [...new Set(names.filter((name): name is string => Boolean(name)))].sort();
}

function print(claim: Claim): string {
  return JSON.stringify([allocatedOf(claim.status), attributesClasses(claim)]);
}

function matchesScope(scope: ScopeRequirement, claim: Claim): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false;
  const names = attributesClasses(claim);
  return names.length === 0 ? selects(scope, undefined) : names.some((name) => selects(scope, name));
}
