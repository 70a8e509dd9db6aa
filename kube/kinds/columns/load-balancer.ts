/** `loadBalancerStatusStringer`: the addresses of a load balancer, in order, without doubles. */
export function loadBalancerText(status: { ingress?: { ip?: string; hostname?: string }[] } | undefined): string {
  const addresses = (status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean);
  return [...new Set(addresses)].sort().join(',');
}
