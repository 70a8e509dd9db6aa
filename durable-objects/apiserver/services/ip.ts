/** IPv4 addresses as numbers. */
export function ipToNumber(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    const byte = Number(part);
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || byte > 255) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

export function numberToIp(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
