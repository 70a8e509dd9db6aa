/** The result of each object: its dry run, its apply, or its problems with their places. */
import { useState } from 'preact/hooks';
import { DiffView } from '../codemirror/diff-view.tsx';
import { placedProblems } from '../edit/problems.ts';
import { documentAt } from '../text/split.ts';
import { parseTree, rangeAt } from '../text/tree.ts';
import { t } from './messages.ts';
import type { Item } from './plan.ts';
import type { Outcome } from './send.ts';
import type { Work } from './work.ts';

/** Rows beyond these are counted. */
const MOST_ROWS = 300;

interface ResultsProps {
  work: Work;
  text(): string;
  show(position: number): void;
}

export function Results({ work, text, show }: ResultsProps) {
  const items = work.items.value;
  const outcomes = work.outcomes.value;
  if (items.length === 0) return null;
  return (
    <section class="results" aria-label={t('results')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('object')}</th>
            <th scope="col">{t('what')}</th>
          </tr>
        </thead>
        <tbody>
          {items.slice(0, MOST_ROWS).map((item) => (
            <Row key={item.id} item={item} outcome={outcomes.get(item.id)} work={work} text={text} show={show} />
          ))}
        </tbody>
      </table>
      {items.length > MOST_ROWS && <p class="quiet">{t('more', { count: items.length - MOST_ROWS })}</p>}
    </section>
  );
}

type RowProps = ResultsProps & { item: Item; outcome: Outcome | undefined };

function Row({ item, outcome, work, text, show }: RowProps) {
  const { kind, name, namespace } = item;
  const written = item.object.metadata?.namespace;
  return (
    <tr data-object={`${kind}/${name}`}>
      <th scope="row">
        <button type="button" onClick={() => show(placeOf(item, text()))}>
          {kind || '?'}/{name || '?'}
        </button>
        {written && <span class="quiet"> {namespace}</span>}
      </th>
      <td>{outcome && <Said item={item} outcome={outcome} work={work} text={text} show={show} />}</td>
    </tr>
  );
}

function Said({ item, outcome, work, text, show }: RowProps & { outcome: Outcome }) {
  switch (outcome.outcome) {
    case 'asking':
      return <span class="quiet">{t('asking')}</span>;
    case 'waits':
      return <span class="busy">{t('waits', { on: outcome.on })}</span>;
    case 'lacks':
      return <span class="bad">{t(`lacks-${outcome.lack}`)}</span>;
    case 'unknown-kind':
      return <UnknownKind item={item} elsewhere={outcome.elsewhere} />;
    case 'conflict':
      return (
        <>
          <span class="bad">{t('conflict')}</span>
          <ul>
            {outcome.managers.map(({ manager, fields }) => (
              <li key={manager}>{t('managed', { manager, fields: fields.join(', ') })}</li>
            ))}
          </ul>
          <button type="button" class="button" onClick={() => void work.takeOver(item)}>
            {t('takeOver')}
          </button>
        </>
      );
    case 'refused':
      return <Refused item={item} outcome={outcome} text={text} show={show} />;
    default:
      return <Good outcome={outcome} />;
  }
}

function UnknownKind({ item: { kind, apiVersion }, elsewhere }: { item: Item; elsewhere?: string }) {
  if (elsewhere !== undefined && elsewhere !== apiVersion) {
    return <span class="bad">{t('unknownKindElsewhere', { kind, apiVersion, other: elsewhere })}</span>;
  }
  return (
    <span class="bad">
      {t('unknownKind', { kind, apiVersion })} {t('unknownKindHelp')}
    </span>
  );
}

type RefusedProps = Pick<ResultsProps, 'text' | 'show'> & {
  item: Item;
  outcome: Extract<Outcome, { outcome: 'refused' }>;
};

function Refused({ item, outcome, text, show }: RefusedProps) {
  const whole = text();
  const { from, text: document } = documentAt(whole, item.from + 1);
  const problems = placedProblems(outcome.error, itemRoot(item, document));
  return (
    <ul class="bad">
      {problems.map(({ message, at }) => (
        <li key={`${at?.from} ${message}`}>
          {at && (
            <button type="button" onClick={() => show(from + at.from)}>
              {t('line', { line: whole.slice(0, from + at.from).split('\n').length })}
            </button>
          )}{' '}
          {message}
        </li>
      ))}
    </ul>
  );
}

type Change = Extract<Outcome, { outcome: 'create' | 'created' | 'unchanged' | 'change' | 'changed' }>;

function Good({ outcome }: { outcome: Change }) {
  const [open, setOpen] = useState(false);
  const { outcome: what, warnings } = outcome;
  return (
    <>
      <span class={what === 'unchanged' ? 'quiet' : 'good'}>{t(what)}</span>
      {'before' in outcome && (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('hideDiff') : t('diff')}
        </button>
      )}
      {warnings.map((warning) => (
        <div key={warning} class="busy">
          {warning}
        </div>
      ))}
      {open && 'before' in outcome && <DiffView before={outcome.before} after={outcome.after} label={t('diff')} />}
    </>
  );
}

/** The part of the document that is the item: fields of a List's item are named from there. */
function itemRoot({ steps }: Item, document: string) {
  const { root } = parseTree(document);
  if (steps.length === 0 || !root) return root;
  return (root as unknown as { getIn(path: unknown[], keep: boolean): typeof root }).getIn(steps, true) ?? root;
}

function placeOf(item: Item, whole: string): number {
  const { from, text } = documentAt(whole, item.from + 1);
  return from + rangeAt(parseTree(text).root, item.steps).from;
}
