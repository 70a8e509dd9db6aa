/** The choice of the logs and of their look; the search in them. */
import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogScreen } from './log-screen.ts';
import { t } from './messages.ts';
import { RANGES, type RangeName } from './ranges.ts';

interface LogControlsProps {
  containers: readonly string[];
  container: string | undefined;
  onContainer(container: string | undefined): void;
  range: RangeName;
  onRange(range: RangeName): void;
  /** undefined where there is nothing before a restart. */
  previous: boolean | undefined;
  onPrevious(previous: boolean): void;
  timestamps: Signal<boolean>;
  wrap: Signal<boolean>;
  screen: RefObject<LogScreen | null>;
  /** Changes when lines were drawn: what is searched for is counted again. */
  drawn: number;
  onDownload(): void;
}

export function LogControls(props: LogControlsProps) {
  const { containers, container, range, previous, timestamps, wrap } = props;
  return (
    <div class="log-controls">
      {containers.length > 1 && (
        <select
          aria-label={t('container')}
          value={container ?? ''}
          onChange={({ currentTarget }) => props.onContainer(currentTarget.value || undefined)}
        >
          <option value="">{t('allContainers')}</option>
          {containers.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      )}
      <select
        aria-label={t('range')}
        value={range}
        onChange={({ currentTarget }) => props.onRange(currentTarget.value as RangeName)}
      >
        {Object.entries(RANGES).map(([name, { title }]) => (
          <option key={name} value={name}>
            {title()}
          </option>
        ))}
      </select>
      <Search screen={props.screen} drawn={props.drawn} />
      <Check title={t('timestamps')} checked={timestamps.value} onChange={(on) => (timestamps.value = on)} />
      <Check title={t('wrap')} checked={wrap.value} onChange={(on) => (wrap.value = on)} />
      {previous !== undefined && <Check title={t('previous')} checked={previous} onChange={props.onPrevious} />}
      <button type="button" class="button" onClick={props.onDownload}>
        {t('download')}
      </button>
    </div>
  );
}

function Check({ title, checked, onChange }: { title: string; checked: boolean; onChange(on: boolean): void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />{' '}
      {title}
    </label>
  );
}

/** A search through all lines takes its time, so that not each letter and each line begins one. */
const SETTLE_MS = 200;
const AGAIN_MS = 600;

function Search({ screen, drawn }: Pick<LogControlsProps, 'screen' | 'drawn'>) {
  const [text, setText] = useState('');
  const [count, setCount] = useState(0);
  const again = useRef<number | undefined>(undefined);
  useEffect(() => {
    const timer = window.setTimeout(() => setCount(screen.current?.search(text) ?? 0), SETTLE_MS);
    return () => window.clearTimeout(timer);
  }, [text, screen.current]);
  useEffect(() => {
    if (text === '' || again.current !== undefined) return;
    again.current = window.setTimeout(() => {
      again.current = undefined;
      setCount(screen.current?.count() ?? 0);
    }, AGAIN_MS);
  }, [drawn, text]);
  useEffect(() => () => window.clearTimeout(again.current), []);
  const move = (back: boolean): void => {
    setCount(screen.current?.search(text) ?? 0);
    if (back) screen.current?.previous();
    else screen.current?.next();
  };
  return (
    <div class="log-search">
      <input
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') event.stopPropagation();
          if (event.key !== 'Enter') return;
          event.preventDefault();
          move(event.shiftKey);
        }}
      />
      {text !== '' && (
        <>
          <button type="button" class="plain" aria-label={t('previousMatch')} onClick={() => move(true)}>
            ↑
          </button>
          <button type="button" class="plain" aria-label={t('nextMatch')} onClick={() => move(false)}>
            ↓
          </button>
          <span class="quiet" role="status">
            {Number.isFinite(count) ? t('matches', { count }) : t('manyMatches', { count: 1_000 })}
          </span>
        </>
      )}
    </div>
  );
}
