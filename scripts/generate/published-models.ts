/**
 * The models of `@kubernetes/client-node`: the types that the release serves, and their descriptions (used at build
 * time).
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface PublishedModel {
  description: string;
  /** Wire name → description. */
  fields: Map<string, { description: string; required: boolean }>;
}

export interface PublishedModels {
  /** The class that stands for a type: `V1Pod`, or `CoreV1Event` where a name occurs in several groups. */
  find(definitionName: string): PublishedModel | undefined;
}

export function openPublishedModels(): PublishedModels {
  const entry = createRequire(import.meta.url).resolve('@kubernetes/client-node');
  const folder = join(dirname(entry), 'gen', 'models');
  if (!existsSync(folder)) throw new Error(`no models of @kubernetes/client-node in ${folder}`);
  // `all.d.ts` and not the folder, in which models of earlier releases are left lying.
  const index = readFileSync(join(folder, 'all.d.ts'), 'utf8');
  const names = new Set([...index.matchAll(/models\/(\w+)\.js/g)].map((found) => found[1] ?? ''));
  const cache = new Map<string, PublishedModel>();
  return {
    find(definitionName) {
      const className = classOf(definitionName, names);
      if (!className) return undefined;
      let model = cache.get(className);
      if (!model) {
        model = readModel(readFileSync(join(folder, `${className}.d.ts`), 'utf8'));
        cache.set(className, model);
      }
      return model;
    },
  };
}

function classOf(definitionName: string, names: ReadonlySet<string>): string | undefined {
  const [name = '', version = '', group = ''] = definitionName.split('.').reverse();
  if (version === 'version') return `Version${name}`;
  const versioned = capital(version) + name;
  const grouped = capital(group) + versioned;
  return names.has(grouped) ? grouped : names.has(versioned) ? versioned : undefined;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function readModel(text: string): PublishedModel {
  const description = /\/\*\*([\s\S]*?)\*\/\s*export declare class/.exec(text.slice(text.lastIndexOf('import ')))?.[1];
  const fields: PublishedModel['fields'] = new Map();
  for (const [, comment = '', name = '', optional] of text.matchAll(
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*)?^ {4}'([^']+)'(\?)?: /gm,
  )) {
    const wireName = name.startsWith('_') ? name.slice(1) : name;
    fields.set(wireName, { description: clean(comment), required: optional !== '?' });
  }
  return { description: clean(description ?? ''), fields };
}

function clean(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .replaceAll(/\\(["'])/g, '$1')
    .trim();
}
