/** An object at two revisions, as one text. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { HISTORY_PATH } from '../../../wire/history.ts';
import type { Cluster } from '../api/cluster.ts';
import { Api, ApiError } from '../api/request.ts';
import { Lazy } from '../ui/lazy.tsx';
import { t } from './messages.ts';
import { type About, objectPath, titleOf } from './object-path.ts';

interface DiffProps {
  before: string;
  after: string;
  label: string;
}

const load = async (): Promise<{ default: FunctionComponent<DiffProps> }> => {
  const { DiffView } = await import('../editor/codemirror/diff-view.tsx');
  return { default: DiffView };
};

interface ObjectDiffProps {
  cluster: Cluster;
  of: About;
  /** 0 where it is known not to be there. */
  from: number;
  to: number;
}

export function ObjectDiff({ cluster, of, from, to }: ObjectDiffProps) {
  const [texts, setTexts] = useState<{ before: string; after: string }>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let current = true;
    Promise.all([from, to].map((revision) => textAt(cluster.base, of, revision))).then(
      ([before = '', after = '']) => current && setTexts({ before, after }),
      (error: Error) => current && setProblem(error.message),
    );
    return () => {
      current = false;
    };
  }, [from, to]);
  if (problem) return <p class="notice bad">{problem}</p>;
  if (!texts) return <p class="empty loading">{t('loading')}</p>;
  if (texts.before === texts.after) return <p class="notice">{t('sameText')}</p>;
  return <Lazy load={load} props={{ ...texts, label: titleOf(of) }} />;
}

/** '' where it was not there. */
async function textAt(base: string, of: About, revision: number): Promise<string> {
  if (revision === 0) return '';
  const [{ textOf }, object] = await Promise.all([
    import('../editor/edit/text-of.ts'),
    new Api(base).get<KubeObject>(`${HISTORY_PATH}/${revision}${objectPath(of)}`).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }),
  ]);
  return object ? textOf(object) : '';
}
