/** Usages as certificates have them (upstream `pkg/controller/certificates/authority/policies.go`). */

/** Numbers of bits in RFC 5280, section 4.2.1.3. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
};

/** In the order in which Go writes them. */
const EXTENDED: readonly (readonly [usages: readonly string[], oid: string])[] = [
  [['any'], '2.5.29.37.0'],
  [['server auth'], '1.3.6.1.5.5.7.3.1'],
  [['client auth'], '1.3.6.1.5.5.7.3.2'],
  [['code signing'], '1.3.6.1.5.5.7.3.3'],
  [['email protection', 's/mime'], '1.3.6.1.5.5.7.3.4'],
  [['ipsec end system'], '1.3.6.1.5.5.7.3.5'],
  [['ipsec tunnel'], '1.3.6.1.5.5.7.3.6'],
  [['ipsec user'], '1.3.6.1.5.5.7.3.7'],
  [['timestamping'], '1.3.6.1.5.5.7.3.8'],
  [['ocsp signing'], '1.3.6.1.5.5.7.3.9'],
  [['microsoft sgc'], '1.3.6.1.4.1.311.10.3.3'],
  [['netscape sgc'], '2.16.840.1.113730.4.1'],
];

export function certificateUsages(usages: readonly string[]): { keyUsages: number[]; extendedKeyUsages: string[] } {
  const keyUsages = new Set(usages.flatMap((usage) => KEY_USAGES[usage] ?? []));
  const extended = EXTENDED.filter(([names]) => names.some((name) => usages.includes(name)));
  return { keyUsages: [...keyUsages], extendedKeyUsages: extended.map(([, oid]) => oid) };
}
