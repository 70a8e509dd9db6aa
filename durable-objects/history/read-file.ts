/** Reads a file of `export.ts`, which may be forged or broken: line by line, each checked before it is taken. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import { exceedsUtf8 } from '../../kube/machinery/utf8-size.ts';
import { FILE_VERSION, type FileEnd, type FileHead, readLine } from '../../wire/cluster-file.ts';
import type { SnapshotRow } from '../../wire/snapshot.ts';

/** A file that is not taken, with the reason for the person who sent it. */
export class BadFile extends Error {}

const KEY = /^[a-z0-9][a-z0-9.-]*\/[^/]*\/[^/]+$/;
const MAX_KEY = 1000;
const MAX_TEXT_BYTES = 1_500_000;
/** Beyond it no number is left for the cluster's own writes, nor one that can be asked for. */
const MAX_REVISION = 1e14;
/** The end of the year 9999. Milliseconds since the epoch. */
const MAX_TIME = 253_402_300_799_999;

export class FileReader {
  readonly #hash = sha256.create();
  readonly #encoder = new TextEncoder();
  #line = 0;
  #rows = 0;
  #last = 0;
  #head: FileHead | undefined;
  #end: FileEnd | undefined;

  /** The write of a line; undefined for the first and the last. Throws {@link BadFile}. */
  take(line: string): SnapshotRow | undefined {
    this.#line++;
    const read = readLine(line);
    if (typeof read === 'string') throw this.#bad(read);
    if (this.#end) throw this.#bad('comes after the last one');
    if ('end' in read) {
      this.#end = read;
      return undefined;
    }
    this.#hash.update(this.#encoder.encode(`${line}\n`));
    if ('islet' in read) {
      this.#begin(read);
      return undefined;
    }
    if (!this.#head) throw this.#bad('is not the first one of a cluster’s file');
    this.#check(read, this.#head);
    return read;
  }

  /** Throws {@link BadFile} where the file is not whole. */
  end(): { revision: number; oldest: number } {
    const [head, end] = [this.#head, this.#end];
    if (!head || !end) throw new BadFile('the file is cut off: its last line is missing');
    if (end.rows !== this.#rows || end.sha256 !== bytesToHex(this.#hash.digest())) {
      throw new BadFile('the file was changed on the way: its contents are not those that its last line tells');
    }
    if (!Number.isSafeInteger(end.oldest) || end.oldest < 0 || end.oldest > head.revision) {
      throw new BadFile('the last line of the file names no revision of it');
    }
    return { revision: head.revision, oldest: end.oldest };
  }

  #begin(head: FileHead): void {
    if (this.#line > 1) throw this.#bad('is a first one');
    if (head.version !== FILE_VERSION) {
      throw new BadFile(
        `the file has version ${String(head.version)}, and this build of Islet reads version ${FILE_VERSION}`,
      );
    }
    if (!Number.isSafeInteger(head.revision) || head.revision < 0 || head.revision > MAX_REVISION)
      throw this.#bad('names no revision');
    this.#head = head;
  }

  #check({ revision, link, created, at, key, cause, text }: SnapshotRow, head: FileHead): void {
    this.#rows++;
    if (revision <= this.#last || revision > head.revision) throw this.#bad('is not in the order of revisions');
    if (link >= revision || created > revision) throw this.#bad('rests on a later one');
    this.#last = revision;
    if (!KEY.test(key) || key.length > MAX_KEY) throw this.#bad('has no key of an object');
    if (typeof text !== 'string' || exceedsUtf8([text], MAX_TEXT_BYTES)) throw this.#bad('has too large an object');
    const [object, why] = [parsed(text), parsed(cause)];
    if (!isObject(why) || typeof why.at !== 'number' || typeof why.kind !== 'string') throw this.#bad('has no cause');
    if (why.at !== at || at > MAX_TIME) throw this.#bad('has no time that there is');
    if (!isObjectOf(object, key, revision)) throw this.#bad('has an object of another name or revision');
  }

  #bad(what: string): BadFile {
    return new BadFile(`line ${this.#line} of the file ${what}`);
  }
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function isObjectOf(object: unknown, key: string, revision: number): boolean {
  if (!isObject(object) || typeof object.kind !== 'string' || typeof object.apiVersion !== 'string') return false;
  const { metadata } = object;
  if (!isObject(metadata)) return false;
  const { name, namespace = '', resourceVersion } = metadata;
  return key.slice(key.indexOf('/') + 1) === `${namespace}/${name}` && resourceVersion === String(revision);
}
