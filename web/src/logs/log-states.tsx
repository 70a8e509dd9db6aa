/** How the containers' logs stand: followed, cut off, ended; and what the server says where there is none. */
import type { LogWork } from './log-work.ts';
import { t } from './messages.ts';
import { MOST_TARGETS, type Target } from './targets.ts';

export function LogStates({ work, targets }: { work: LogWork; targets: readonly Target[] }) {
  const followed = work.followed.value;
  const count = (...states: string[]) => followed.filter(({ state }) => states.includes(state.state)).length;
  const parts: string[] = [];
  if (count('following') > 0) parts.push(t('following', { count: count('following') }));
  if (count('connecting') > 0) parts.push(t('connecting'));
  if (count('reconnecting') > 0) parts.push(t('reconnecting', { count: count('reconnecting') }));
  if (count('ended', 'gone') > 0) parts.push(t('ended', { count: count('ended', 'gone') }));
  const refused = new Map<string, string[]>();
  for (const { target, state } of followed) {
    if (state.state !== 'refused') continue;
    refused.set(state.message, [...(refused.get(state.message) ?? []), target.pod]);
  }
  // The number of lines changes this part, too.
  const isEmpty = work.arrived.value === 0 && refused.size === 0 && count('following', 'ended') > 0;
  return (
    <div class="log-states">
      <span class="quiet" role="status">
        {parts.join(' · ')}
        {isEmpty && ` · ${t('nothing')}`}
      </span>
      {targets.length > MOST_TARGETS && (
        <p class="notice">{t('tooMany', { count: targets.length, most: MOST_TARGETS })}</p>
      )}
      {[...refused].map(([message, pods]) => (
        <p key={message} class="notice">
          {followed.length > 1 && <b>{[...new Set(pods)].join(', ')}: </b>}
          {message}
        </p>
      ))}
    </div>
  );
}
