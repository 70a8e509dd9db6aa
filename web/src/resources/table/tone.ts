/** The colour of a cell that says how a thing is. The words say the same without it. */
import type { Tone } from '../../kinds/tone.ts';

const GOOD = /^(Running|Ready|Active|Bound|Available|Complete|Completed|Succeeded|True|Healthy)\b/;
const BUSY =
  /^(Pending|ContainerCreating|PodInitializing|Init:\d|Terminating|Progressing|Released|Suspended|SchedulingGated)\b/;
const BAD =
  /BackOff|^(Err\w*|Failed|Error|OOMKilled|Unknown|NotReady|Lost|Evicted|Warning|False|ImageInspectError|InvalidImageName|Create\w+Error|Init:\w*Err\w*)\b/;
const STATES = new Set(['Status', 'Phase', 'Type', 'State', 'Available', 'Ready']);

/** `column`: its name. */
export function toneOf(column: string, text: string): Tone | undefined {
  if (!STATES.has(column)) return undefined;
  const [, ready, wanted] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (ready !== undefined) return ready === wanted ? undefined : 'busy';
  // `Ready,SchedulingDisabled`
  if (text.includes('SchedulingDisabled')) return 'busy';
  if (BAD.test(text)) return 'bad';
  if (BUSY.test(text)) return 'busy';
  return GOOD.test(text) ? 'good' : undefined;
}
