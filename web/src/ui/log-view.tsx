/** A container's log, followed as it grows. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { messageOf } from '../api/session.ts';
import { containerNames } from '../kinds/pod.ts';

const TAIL_LINES = 1_000;
/** Characters kept on the page. */
const KEPT = 500_000;

export function LogView({ cluster, pod }: { cluster: Cluster; pod: Pod }) {
  const names = containerNames(pod);
  const [container, setContainer] = useState(pod.spec?.containers?.[0]?.name ?? '');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const end = useRef<HTMLDivElement>(null);
  const { namespace, name, uid } = pod.metadata;

  useEffect(() => {
    const stop = new AbortController();
    setText('');
    setProblem(undefined);
    const query = `container=${container}&follow=true&tailLines=${TAIL_LINES}`;
    const path = `${cluster.base}/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`;
    follow(path, stop.signal, (more) => setText((old) => (old + more).slice(-KEPT))).catch((error: Error) => {
      if (!stop.signal.aborted) setProblem(error.message);
    });
    return () => stop.abort();
  }, [container, uid]);
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [text]);

  return (
    <>
      {names.length > 1 && (
        <p>
          <select
            aria-label="Container"
            value={container}
            onChange={({ currentTarget }) => setContainer(currentTarget.value)}
          >
            {names.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </p>
      )}
      {problem && <p class="notice">{problem}</p>}
      <pre data-log={container}>{text}</pre>
      {!problem && text === '' && <p class="empty">Nothing logged yet.</p>}
      <div ref={end} />
    </>
  );
}

async function follow(path: string, signal: AbortSignal, add: (text: string) => void): Promise<void> {
  const response = await fetch(path, { signal });
  if (!response.ok || !response.body) throw new Error(messageOf(await response.text(), response.status));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    add(value);
  }
}
