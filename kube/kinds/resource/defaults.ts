/** `pkg/apis/resource/v1/defaults.go` */
interface Request {
  allocationMode?: string;
  count?: number;
}

export interface ClaimSpec {
  devices?: { requests?: { exactly?: Request; firstAvailable?: Request[] }[] };
}

function applyRequestDefaults(request: Request): void {
  request.allocationMode ||= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
}

export function applyClaimSpecDefaults(spec: ClaimSpec | undefined): void {
  for (const { exactly, firstAvailable } of spec?.devices?.requests ?? []) {
    if (exactly) applyRequestDefaults(exactly);
    for (const request of firstAvailable ?? []) applyRequestDefaults(request);
  }
}
