/**
 * A cluster as a file, with its past: lines of JSON, compressed. The first says what it is, each other is a write, and the
 * last counts them and has the SHA-256 of all lines before it, so that a file that is cut or changed is known as one.
 */
import type { SnapshotRow } from './snapshot.ts';

export const EXPORT_PATH = '/islet/v1/export';
/** Types of the two files that a cluster can be exported as. The edge compresses the first. */
export const HISTORY_TYPE = 'application/vnd.islet.cluster+ndjson';
export const MANIFEST_TYPE = 'application/yaml';
export const FILE_VERSION = 1;

export interface FileHead {
  islet: 'cluster';
  version: number;
  /** The newest revision. */
  revision: number;
  /** RFC 3339. */
  exported: string;
}

export interface FileEnd {
  end: true;
  rows: number;
  /** The revision from which on the past is whole. */
  oldest: number;
  sha256: string;
}

type Line = [
  revision: number,
  link: number,
  created: number,
  change: SnapshotRow['change'],
  at: number,
  key: string,
  cause: string,
  text: string,
];

export function lineOf({ revision, link, created, change, at, key, cause }: SnapshotRow, text: string): string {
  return JSON.stringify([revision, link, created, change, at, key, cause, text] satisfies Line);
}

/** The sentence about a line that is none, or the line. Only its shape is looked at. */
export function readLine(line: string): FileHead | FileEnd | SnapshotRow | string {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return 'is no JSON';
  }
  if (!Array.isArray(read)) return headOrEnd(read);
  const [revision, link, created, change, at, key, cause, text] = read as Partial<Line>;
  const numbers = [revision, link, created, at];
  if (read.length !== 8 || !numbers.every((each) => Number.isSafeInteger(each) && Number(each) >= 0)) return NO_WRITE;
  if (change !== 'create' && change !== 'update' && change !== 'delete') return NO_WRITE;
  if (typeof key !== 'string' || typeof cause !== 'string' || typeof text !== 'string') return NO_WRITE;
  return { revision, link, created, change, at, key, cause, text } as SnapshotRow;
}

const NO_WRITE = 'is no write of a cluster';

function headOrEnd(read: unknown): FileHead | FileEnd | string {
  if (typeof read !== 'object' || read === null) return NO_WRITE;
  if ((read as FileHead).islet === 'cluster') return read as FileHead;
  return (read as FileEnd).end === true ? (read as FileEnd) : NO_WRITE;
}
