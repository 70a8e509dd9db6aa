/** `host:port`, with an IPv6 address in brackets (`JoinHostPort` of Go's `net`). */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
