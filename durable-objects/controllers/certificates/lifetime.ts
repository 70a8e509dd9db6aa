/** The time that a request stays, by what became of it (upstream `pkg/controller/certificates/cleaner`). */
import { pemBlocks } from '../../../kube/kinds/validation/pem.ts';
import type { CertificateSigningRequest } from '../../../kube/types.ts';
import { notAfterOf } from '../../../kube/x509/certificate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Milliseconds since the epoch, after which the request is deleted; undefined when it stays. */
export function endOf({ metadata, status }: CertificateSigningRequest): number | undefined {
  const { conditions = [], certificate } = status ?? {};
  if (conditions.length === 0) return after(metadata.creationTimestamp, DAY);
  const ends = conditions.flatMap(({ type, lastUpdateTime }) => {
    switch (type) {
      case 'Denied':
      case 'Failed':
        return after(lastUpdateTime, HOUR) ?? [];
      case 'Approved':
        if (!certificate) return after(lastUpdateTime, DAY) ?? [];
        return [after(lastUpdateTime, HOUR) ?? [], expiry(certificate) ?? []].flat();
    }
    return [];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function after(time: string | undefined | null, milliseconds: number): number | undefined {
  const since = Date.parse(time ?? '');
  return Number.isNaN(since) ? undefined : since + milliseconds;
}

function expiry(certificate: string): number | undefined {
  try {
    const [block] = pemBlocks(atob(certificate));
    return block && notAfterOf(Uint8Array.from(atob(block.body), (character) => character.charCodeAt(0)));
  } catch {
    // A signer of another domain may have stored what cannot be read.
    return undefined;
  }
}
