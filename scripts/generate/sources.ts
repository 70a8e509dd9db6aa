/** The sources of the published facts: Go modules of one release, fetched by `go mod download`. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type GoPackage, readGoPackage } from './go-source.ts';

export const RELEASE = 'v0.36.3';
const MODULES = ['api', 'apimachinery', 'client-go', 'apiextensions-apiserver', 'kube-aggregator', 'metrics'] as const;

export interface Sources {
  /** The package of an import path; undefined where it lies outside of the modules read. */
  goPackage(path: string): GoPackage | undefined;
  /** The folder of a module, as `client-go`. */
  moduleFolder(name: (typeof MODULES)[number]): string;
}

export function openSources(): Sources {
  const folders = new Map<string, string>();
  for (const name of MODULES) {
    const answer = execFileSync('go', ['mod', 'download', '-json', `k8s.io/${name}@${RELEASE}`], { encoding: 'utf8' });
    folders.set(`k8s.io/${name}`, (JSON.parse(answer) as { Dir: string }).Dir);
  }
  const packages = new Map<string, GoPackage | undefined>();
  return {
    moduleFolder: (name) => folders.get(`k8s.io/${name}`) ?? '',
    goPackage(path) {
      if (!packages.has(path)) packages.set(path, load(folders, path));
      return packages.get(path);
    },
  };
}

function load(folders: Map<string, string>, path: string): GoPackage | undefined {
  const [host, module, ...rest] = path.split('/');
  const folder = folders.get(`${host}/${module}`);
  const directory = folder && join(folder, ...rest);
  return directory && existsSync(directory) ? readGoPackage(path, directory) : undefined;
}
