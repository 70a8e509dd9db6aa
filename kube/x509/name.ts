/** Distinguished names as Go reads and writes them (`crypto/x509/pkix` Name). */
import { DerError, DerReader, type DerValue, oid, oidText, sequence, setOf, TAG, value } from './der.ts';

const ORGANIZATION = '2.5.4.10';
const COMMON_NAME = '2.5.4.3';
const SERIAL_NUMBER = '2.5.4.5';
/** Attributes that may have several values, in the order in which Go 1.26 writes them. */
const LISTS = ['2.5.4.6', '2.5.4.8', '2.5.4.7', '2.5.4.9', '2.5.4.17', ORGANIZATION, '2.5.4.11'];
const PRINTABLE = /^[A-Za-z0-9'()+,\-./:=? ]*$/;

export interface Name {
  /** Values by object identifier. What else a name has gets lost in a certificate, as upstream's. */
  attributes: ReadonlyMap<string, readonly string[]>;
}

/** A name of one common name. */
export function commonName(text: string): Name {
  return { attributes: new Map([[COMMON_NAME, [text]]]) };
}

/** '' for none; of several the last. */
export function commonNameOf({ attributes }: Name): string {
  return attributes.get(COMMON_NAME)?.at(-1) ?? '';
}

export function organizationsOf({ attributes }: Name): readonly string[] {
  return attributes.get(ORGANIZATION) ?? [];
}

/** Throws a DerError. */
export function parseName(der: Uint8Array): Name {
  const whole = new DerReader(der);
  const sets = whole.inside(TAG.sequence);
  whole.end();
  const attributes = new Map<string, string[]>();
  while (!sets.isEmpty) {
    const set = sets.inside(TAG.set);
    while (!set.isEmpty) {
      const pair = set.inside(TAG.sequence);
      const type = oidText(pair.next(TAG.oid).content);
      const text = textOf(pair.next());
      if (text === undefined) continue;
      const values = attributes.get(type);
      if (values) values.push(text);
      else attributes.set(type, [text]);
    }
  }
  return { attributes };
}

/** undefined for a value that is no text. */
function textOf(value: DerValue): string | undefined {
  const { tag } = value;
  switch (tag) {
    case TAG.utf8String:
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.content);
      } catch {
        throw new DerError('asn1: structure error: invalid UTF-8 string');
      }
    case TAG.printableString:
    case TAG.numericString:
    case TAG.ia5String:
    case TAG.teletexString:
      return value.text;
    case TAG.bmpString:
      return new TextDecoder('utf-16be').decode(value.content);
  }
  return undefined;
}

export function printName({ attributes }: Name): Uint8Array<ArrayBuffer> {
  const sets: Uint8Array[] = [];
  for (const type of LISTS) {
    const values = attributes.get(type);
    if (values) sets.push(setOf(values.map((text) => pair(type, text))));
  }
  for (const type of [COMMON_NAME, SERIAL_NUMBER]) {
    const last = attributes.get(type)?.at(-1);
    if (last) sets.push(setOf([pair(type, last)]));
  }
  return sequence(...sets);
}

function pair(type: string, text: string): Uint8Array {
  const tag = PRINTABLE.test(text) ? TAG.printableString : TAG.utf8String;
  return sequence(oid(type), value(tag, new TextEncoder().encode(text)));
}
