/** The object as YAML, without what managers keep about fields unless that is asked for. */
import { useMemo, useState } from 'preact/hooks';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { CopyButton } from '../copy-button.tsx';
import { t } from '../messages.ts';

export function YamlTab({ object }: { object: KubeObject }) {
  const [whole, setWhole] = useState(false);
  const text = useMemo(() => {
    const { managedFields: _, ...metadata } = object.metadata;
    return stringify(whole ? object : { ...object, metadata }, { lineWidth: 0 });
  }, [object, whole]);
  return (
    <>
      <div class="choices">
        <label class="check">
          <input type="checkbox" checked={whole} onChange={({ currentTarget }) => setWhole(currentTarget.checked)} />
          {t('managedFields')}
        </label>
        <CopyButton text={text} />
      </div>
      <pre>{text}</pre>
    </>
  );
}
