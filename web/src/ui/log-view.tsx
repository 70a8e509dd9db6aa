/** A container's log, followed as it grows. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Pod } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { containerNames, containerStatuses } from '../kinds/pod.ts';

const TAIL_LINES = 1_000;
/** Characters kept on the page. */
const KEPT = 500_000;
/** Within this distance of the end, in pixels, the view follows the log. */
const AT_END = 40;

export function LogView({ cluster, pod }: { cluster: Cluster; pod: Pod }) {
  const names = containerNames(pod);
  const [container, setContainer] = useState(pod.spec?.containers?.[0]?.name ?? '');
  const [previous, setPrevious] = useState(false);
  const [text, setText] = useState('');
  const [end, setEnd] = useState<string>();
  const bottom = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { namespace, name } = pod.metadata;
  const restarts = containerStatuses(pod).find((status) => status.name === container)?.restartCount ?? 0;

  // A container that was restarted has a log of its own; the one before it does not change with that.
  useEffect(() => {
    const stop = new AbortController();
    setText('');
    setEnd(undefined);
    const which = previous ? 'previous=true' : 'follow=true';
    const query = `container=${encodeURIComponent(container)}&tailLines=${TAIL_LINES}&${which}`;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`;
    follow(cluster, path, stop.signal, (more) => setText((old) => (old + more).slice(-KEPT))).then(
      () => setEnd('The log ends here.'),
      (error: Error) => {
        if (!stop.signal.aborted) setEnd(error.message);
      },
    );
    return () => stop.abort();
  }, [container, previous, restarts]);

  useEffect(() => {
    const body = bottom.current?.parentElement;
    const scrolled = (): void => {
      if (body) atEnd.current = body.scrollHeight - body.scrollTop - body.clientHeight < AT_END;
    };
    body?.addEventListener('scroll', scrolled);
    return () => body?.removeEventListener('scroll', scrolled);
  }, []);
  useEffect(() => {
    if (atEnd.current) bottom.current?.scrollIntoView({ block: 'nearest' });
  }, [text]);

  return (
    <>
      <p class="choices">
        {names.length > 1 && (
          <select
            aria-label="Container"
            value={container}
            onChange={({ currentTarget }) => setContainer(currentTarget.value)}
          >
            {names.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
        {(restarts > 0 || previous) && (
          <label>
            <input
              type="checkbox"
              checked={previous}
              onChange={({ currentTarget }) => setPrevious(currentTarget.checked)}
            />{' '}
            before the last restart
          </label>
        )}
      </p>
      <pre data-log={container}>{text}</pre>
      {end ? <p class="notice">{end}</p> : text === '' && <p class="empty">Nothing logged yet.</p>}
      <div ref={bottom} />
    </>
  );
}

type Add = (text: string) => void;

async function follow({ api }: Cluster, path: string, signal: AbortSignal, add: Add): Promise<void> {
  const { body } = await api.request('GET', path, { signal });
  const reader = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    add(value);
  }
}
