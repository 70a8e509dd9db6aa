/** The object as YAML, to be edited where its kind can be; what managers keep about fields is shown when it is asked for. */
import { useMemo, useState } from 'preact/hooks';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Cluster } from '../../api/cluster.ts';
import { type ApiResource, pathOf } from '../../api/discovery.ts';
import { ObjectEditor } from '../../editor/object-editor.tsx';
import { CopyButton } from '../copy-button.tsx';
import { t } from '../messages.ts';

interface YamlTabProps {
  cluster: Cluster;
  resource: ApiResource;
  object: KubeObject;
}

export function YamlTab({ cluster, resource, object }: YamlTabProps) {
  const [whole, setWhole] = useState(false);
  const { namespace, name } = object.metadata;
  const text = useMemo(() => {
    const { managedFields: _, ...metadata } = object.metadata;
    return stringify(whole ? object : { ...object, metadata }, { lineWidth: 0 });
  }, [object, whole]);
  const isEdited = !whole && !cluster.past && resource.verbs.includes('update');
  return (
    <>
      <div class="choices">
        <label class="check">
          <input type="checkbox" checked={whole} onChange={({ currentTarget }) => setWhole(currentTarget.checked)} />
          {t('managedFields')}
        </label>
        <CopyButton text={text} />
      </div>
      {isEdited ? (
        <ObjectEditor cluster={cluster} object={object} path={pathOf(resource, namespace, name)} />
      ) : (
        <pre>{text}</pre>
      )}
    </>
  );
}
