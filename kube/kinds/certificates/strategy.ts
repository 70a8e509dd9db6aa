/** `pkg/registry/certificates/certificates/strategy.go` */
import type { CertificateSigningRequest } from '../../types.ts';
import type { Strategy, Writer } from '../define.ts';
import { conditionsOf, DECISIONS, ofType, validateApproval, validateSpec, validateStatusUpdate } from './validate.ts';

type CSR = CertificateSigningRequest;

const CLIENT_SIGNERS = ['kubernetes.io/kube-apiserver-client', 'kubernetes.io/kube-apiserver-client-kubelet'];
const NO_CLIENT_CERTIFICATES =
  'spec.signerName: client certificates cannot sign in to this cluster, because TLS ends at its edge: use a token (kubectl create token, islet kubeconfig)';

/** The server names the requestor, because signers trust it. */
function prepareForCreate(csr: CSR, { user }: Writer): void {
  const { username: _, uid: __, groups: ___, extra: ____, ...asked } = csr.spec ?? {};
  csr.spec = {
    ...asked,
    username: user.name,
    ...(user.uid ? { uid: user.uid } : {}),
    ...(user.groups.length > 0 ? { groups: [...user.groups] } : {}),
    ...(user.extra && Object.keys(user.extra).length > 0
      ? { extra: structuredClone(user.extra) as Record<string, string[]> }
      : {}),
  } as CSR['spec'];
  csr.status = {};
}

/** Decisions stay as they were; adding or removing one is an error. */
function keepDecisions(next: CSR, old: CSR): void {
  for (const type of DECISIONS) {
    const before = ofType(old, type);
    if (!next.status?.conditions || before.length !== ofType(next, type).length) continue;
    next.status.conditions = next.status.conditions.map((each) =>
      each.type === type ? (before.shift() ?? each) : each,
    );
  }
}

function fillTimes(next: CSR, old: CSR, { now }: Writer): void {
  const print = ({ type, status }: { type: string; status: string }) => JSON.stringify([type, status]);
  const before = new Map(conditionsOf(old).map((condition) => [print(condition), condition.lastTransitionTime]));
  for (const condition of conditionsOf(next)) {
    condition.lastUpdateTime ??= now;
    condition.lastTransitionTime ??= before.get(print(condition)) ?? now;
  }
}

export const strategy: Strategy<CSR> = {
  prepareForCreate,
  prepareForUpdate(next, old) {
    next.spec = old.spec;
  },
  prepareForStatusUpdate(next, old, by) {
    keepDecisions(next, old);
    fillTimes(next, old, by);
  },
  // A stored spec is immutable.
  validate: (csr) => (csr.metadata.resourceVersion ? [] : validateSpec(csr)),
  validateStatusUpdate,
  warnings: ({ spec }, old) => (!old && CLIENT_SIGNERS.includes(spec?.signerName) ? [NO_CLIENT_CERTIFICATES] : []),
  subresources: {
    approval: {
      prepareForUpdate(next, old, by) {
        const conditions = conditionsOf(next);
        next.spec = old.spec;
        next.status = { ...old.status, ...(conditions.length > 0 ? { conditions } : {}) };
        if (conditions.length === 0) delete next.status.conditions;
        fillTimes(next, old, by);
      },
      validateUpdate: validateApproval,
    },
  },
};
