/**
 * Reads the type declarations of one Go package: as much of Go as the API packages of Kubernetes use.
 * Comments count where they stand directly above a type or field, as gengo's do.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GoField {
  /** '' for an embedded field. */
  name: string;
  /** The Go type as written: `*int32`, `[]metav1.OwnerReference`. */
  type: string;
  tags: Map<string, string>;
  markers: Map<string, string[]>;
}

export interface GoType {
  name: string;
  /** The underlying type as written; undefined for a struct. */
  alias?: string;
  /** `type X = Y`: another name, and no type of its own. */
  same?: boolean;
  fields: GoField[];
  markers: Map<string, string[]>;
}

export interface GoPackage {
  /** `k8s.io/api/apps/v1` */
  path: string;
  /** `+groupName` of the package's doc.go, or the text of its GroupName constant. */
  groupName?: string;
  types: Map<string, GoType>;
  /** As written: text, a number, or another package's constant; the type is '' where none is written. */
  constants: Map<string, { type: string; value: string }>;
  /** Local name → import path, over all files of the package. */
  imports: Map<string, string>;
}

const SKIPPED = /_test\.go$|^zz_generated|generated\.pb\.go$|_swagger_doc_generated\.go$|_constants\.go$/;

export function readGoPackage(path: string, directory: string): GoPackage {
  const result: GoPackage = { path, types: new Map(), constants: new Map(), imports: new Map() };
  for (const file of readdirSync(directory).sort()) {
    if (!file.endsWith('.go') || SKIPPED.test(file)) continue;
    readFile(result, readFileSync(join(directory, file), 'utf8'));
  }
  return result;
}

function readFile(result: GoPackage, text: string): void {
  const lines = text.split('\n');
  let comments: string[] = [];
  let inImports = false;
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    if (line.startsWith('//')) {
      comments.push(line);
      const group = /^\/\/ \+groupName=(\S+)/.exec(line);
      if (group) result.groupName = group[1];
      continue;
    }
    readImport(result, line, inImports);
    if (line === 'import (') inImports = true;
    else if (inImports && line === ')') inImports = false;
    const groupName = /^(?:const )?GroupName\s*=\s*"([^"]*)"/.exec(line);
    if (groupName) result.groupName ??= groupName[1];
    const constant =
      /^(\w+)(?:\s+(?<type>[\w.]+))?\s*=\s*(?:(?<cast>\w+)\()?(?<value>"[^"]*"|\d+|\w+\.\w+)\)?(?:\s*\/\/.*)?$/.exec(
        line.replace(/^const /, ''),
      );
    if (constant?.[1]) {
      const { type, cast, value = '' } = constant.groups ?? {};
      result.constants.set(constant[1], { type: type ?? cast ?? '', value });
    }
    const struct = /^(?:type )?(\w+) struct ?\{(\}?)/.exec(line);
    const alias = /^type (\w+) (= )?((?:\[\]|\*|map\[|[A-Za-z]).*)$/.exec(line);
    if (struct?.[1]) {
      const type: GoType = { name: struct[1], fields: [], markers: markersOf(comments) };
      if (struct[2] !== '}') at = readFields(type, lines, at + 1);
      result.types.set(type.name, type);
    } else if (alias?.[1] && !/^(interface|func|struct)\b/.test(alias[3] ?? '')) {
      const written = (alias[3] ?? '').replace(/\s*\/\/.*$/, '');
      const same = alias[2] !== undefined;
      result.types.set(alias[1], { name: alias[1], alias: written, same, fields: [], markers: markersOf(comments) });
    }
    comments = [];
  }
}

function readImport(result: GoPackage, line: string, inBlock: boolean): void {
  const found = /^(?:import )?(\w+ )?"([^"]+)"$/.exec(line);
  if (!found?.[2] || !(inBlock || line.startsWith('import '))) return;
  const last = found[2].split('/').at(-1) ?? '';
  result.imports.set((found[1] ?? last).trim(), found[2]);
}

/** Returns the index of the line that closes the struct. */
function readFields(type: GoType, lines: string[], from: number): number {
  let comments: string[] = [];
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    if (line === '}') return at;
    if (line.startsWith('//')) {
      comments.push(line);
      continue;
    }
    const field = /^(?:(\w+)\s+)?([[\]*\w.]+)\s+`([^`]*)`/.exec(line);
    if (field) {
      type.fields.push({
        name: field[1] ?? '',
        type: field[2] ?? '',
        tags: tagsOf(field[3] ?? ''),
        markers: markersOf(comments),
      });
    }
    comments = [];
  }
  throw new Error(`struct ${type.name} does not end`);
}

function tagsOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/(\w+):"([^"]*)"/g)].map((tag) => [tag[1] ?? '', tag[2] ?? '']));
}

function markersOf(comments: string[]): Map<string, string[]> {
  const markers = new Map<string, string[]>();
  for (const comment of comments) {
    const found = /^\/\/\s*\+([\w:.-]+)(?:=(.*))?$/.exec(comment);
    if (!found?.[1]) continue;
    const values = markers.get(found[1]) ?? [];
    values.push((found[2] ?? '').trim());
    markers.set(found[1], values);
  }
  return markers;
}
