/** Says that the page shows old data, since when, and why. */
import { useEffect, useState } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import { type Reason, whyOffline } from '../api/session.ts';
import { locale } from '../i18n/index.ts';
import { t } from './shell/messages.ts';

/** Failed tries before the notice appears: a restart of the edge takes one. */
const QUIET_TRIES = 2;

export function ConnectionNotice({ cluster }: { cluster: Cluster }) {
  const { connection } = cluster;
  const failures = connection.failures.value;
  const [why, setWhy] = useState<Reason>();
  useEffect(() => {
    if (failures < QUIET_TRIES) return setWhy(undefined);
    let current = true;
    void whyOffline(cluster.ref).then((reason) => {
      if (!current) return;
      setWhy(reason);
      if (!reason.passes) connection.pause();
    });
    return () => {
      current = false;
    };
  }, [failures]);
  if (!why || connection.state.value === 'live') return null;
  return (
    <p class="notice bad offline" role="alert">
      {why.text()} {t('seenAt', { time: new Date(connection.heard).toLocaleTimeString(locale.value) })}
      {why.passes && ` ${t('tryingAgain')}`}
    </p>
  );
}
