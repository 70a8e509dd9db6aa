/** The editor of an object, whose code is loaded when it is opened. `path`: where the object is, if that is known. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Cluster } from '../api/cluster.ts';
import { Lazy } from '../ui/lazy.tsx';
import { objectPath } from './schema/catalog.ts';
import { catalogOf } from './schema/of-cluster.ts';

interface ObjectEditorProps {
  cluster: Cluster;
  object: KubeObject;
  path?: string;
}

const load = (): Promise<{ default: FunctionComponent<Required<ObjectEditorProps>> }> => import('./yaml-editor.tsx');

/** An object of the past is read, and not edited. */
const loadPast = (): Promise<{ default: FunctionComponent<{ object: KubeObject }> }> => import('./past-yaml.tsx');

export function ObjectEditor({ cluster, object, path }: ObjectEditorProps) {
  const [found, setFound] = useState(path);
  const { apiVersion = '', kind = '', metadata } = object;
  useEffect(() => {
    if (path !== undefined || cluster.past) return;
    void pathOf(cluster, apiVersion, kind, metadata).then(setFound, () => undefined);
  }, []);
  if (cluster.past) return <Lazy load={loadPast} props={{ object }} />;
  if (found === undefined) return null;
  return <Lazy key={metadata.uid} load={load} props={{ cluster, object, path: found }} />;
}

async function pathOf(
  cluster: Cluster,
  apiVersion: string,
  kind: string,
  { namespace = '', name = '' }: KubeObject['metadata'],
): Promise<string | undefined> {
  const known = await catalogOf(cluster).kind(apiVersion, kind);
  return known && objectPath(known, namespace, name);
}
