/** Actions that ask for nothing: one sentence says what follows. */
import { useState } from 'preact/hooks';
import { t } from '../../messages.ts';
import { ActionForm, type FormProps } from '../action-form.tsx';
import { cordon } from '../cordon.ts';
import { suspend } from '../cron-job.ts';
import { pause } from '../pause.ts';
import type { Decision, Target } from '../plan.ts';
import { restart } from '../restart.ts';

export const PLAIN = {
  restart: { about: 'aboutRestart', decide: (targets: readonly Target[], now: number) => restart(targets, now) },
  pause: { about: 'aboutPause', decide: (targets: readonly Target[]) => pause(targets, true) },
  resume: { about: 'aboutResume', decide: (targets: readonly Target[]) => pause(targets, false) },
  cordon: { about: 'aboutCordon', decide: (targets: readonly Target[]) => cordon(targets, true) },
  uncordon: { about: 'aboutUncordon', decide: (targets: readonly Target[]) => cordon(targets, false) },
  suspend: { about: 'aboutSuspend', decide: (targets: readonly Target[]) => suspend(targets, true) },
  unsuspend: { about: 'aboutUnsuspend', decide: (targets: readonly Target[]) => suspend(targets, false) },
} as const;

export type PlainName = keyof typeof PLAIN;

export function PlainForm(props: FormProps & { name: PlainName }) {
  const { about, decide } = PLAIN[props.name];
  const [decision] = useState<Decision>(() => decide(props.targets, Date.now()));
  return (
    <ActionForm {...props} decision={decision}>
      <p>{t(about)}</p>
    </ActionForm>
  );
}
