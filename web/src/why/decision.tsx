/** The scheduler's decision: each node with the filter that it failed, or with its scores (`wire/why.ts`). */
import type { NodeVerdict, SchedulingDecision } from '../../../wire/why.ts';
import { t } from './messages.ts';
import { preferenceWords, reasonWords } from './words.ts';

export function Decision({ decision }: { decision: SchedulingDecision }) {
  const { verdicts, weights, preferences, node: chosen, nodes } = decision;
  if (verdicts.length === 0) return null;
  const plugins = Object.keys(weights);
  const rows = verdicts.toSorted((a, b) => (b.total ?? -1) - (a.total ?? -1));
  return (
    <>
      <h2>{t('nodes')}</h2>
      <table class="verdicts" aria-label={t('nodes')}>
        <thead>
          <tr>
            <th>{t('node')}</th>
            <th>{plugins.length > 0 ? t('total') : t('whyNot')}</th>
            {plugins.map((plugin) => (
              <th key={plugin}>
                {plugin}
                {weights[plugin] !== 1 && ` ×${weights[plugin]}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((verdict) => (
            <NodeRow key={verdict.node} verdict={verdict} plugins={plugins} isChosen={verdict.node === chosen} />
          ))}
        </tbody>
      </table>
      {plugins.length > 0 && (
        <dl class="facts scores">
          {plugins.map((plugin) => [
            <dt key={plugin}>{plugin}</dt>,
            <dd key={`${plugin}=`}>{preferenceWords(preferences[plugin])}</dd>,
          ])}
        </dl>
      )}
      {nodes > verdicts.length && <p class="quiet">{t('moreNodes', { count: nodes - verdicts.length })}</p>}
    </>
  );
}

function NodeRow({ verdict, plugins, isChosen }: { verdict: NodeVerdict; plugins: string[]; isChosen: boolean }) {
  const { node, filter, scores, total } = verdict;
  const name = isChosen ? <b>{node}</b> : node;
  if (filter !== undefined) {
    return (
      <tr>
        <td>{name}</td>
        <td colSpan={plugins.length + 1}>
          {reasonWords(verdict)} <span class="quiet">({filter})</span>
        </td>
      </tr>
    );
  }
  return (
    <tr class={isChosen ? 'chosen' : undefined}>
      <td>{name}</td>
      <td>{total}</td>
      {plugins.map((plugin) => (
        <td key={plugin}>{scores?.[plugin]}</td>
      ))}
    </tr>
  );
}
