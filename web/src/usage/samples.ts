/** The use of CPU and memory that was measured over the last hour, and the line that it makes. */
export interface Sample {
  /** Milliseconds since the epoch, by this browser's clock. */
  at: number;
  /** Cores. */
  cpu: number;
  /** Bytes. */
  memory: number;
}

export type Resource = 'cpu' | 'memory';

export const HOUR_MS = 3_600_000;
/** Nothing is known of a longer time between two samples. */
export const GAP_MS = 90_000;
/** A remembered minute says nothing new so near to a sample. */
const NEAR_MS = 45_000;
/** Samples nearer than this are one. */
const SAME_MS = 5_000;

/** With one sample more, in the order of time, without those that are older than an hour. */
export function keep(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const others = samples.filter(({ at }) => Math.abs(at - sample.at) >= SAME_MS && at >= sample.at - HOUR_MS);
  return [...others, sample].toSorted((a, b) => a.at - b.at);
}

/** With what others remember of the times between. */
export function fill(samples: readonly Sample[], past: readonly Sample[]): readonly Sample[] {
  const unseen = past.filter((one) => samples.every(({ at }) => Math.abs(at - one.at) >= NEAR_MS));
  return [...samples, ...unseen].toSorted((a, b) => a.at - b.at);
}

export interface Line {
  at: readonly number[];
  /** null where nothing is known. */
  values: readonly (number | null)[];
}

/** From an hour ago until now, with nothing in the gaps. */
export function lineOf(samples: readonly Sample[], resource: Resource, now: number): Line {
  const at = [now - HOUR_MS];
  const values: (number | null)[] = [null];
  let last = now - HOUR_MS;
  for (const sample of samples) {
    if (sample.at <= now - HOUR_MS || sample.at > now) continue;
    if (sample.at - last > GAP_MS) {
      at.push((last + sample.at) / 2);
      values.push(null);
    }
    at.push(sample.at);
    values.push(sample[resource]);
    last = sample.at;
  }
  if (last < now) {
    at.push(now);
    values.push(null);
  }
  return { at, values };
}

/** The places of samples that have no neighbour to draw a line to. */
export function alone(values: readonly (number | null | undefined)[]): number[] {
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );
}

const ROW_MS = 300_000;

/** The last sample of each five minutes, newest first: as much as is read as a table. */
export function rowsOf(samples: readonly Sample[]): Sample[] {
  const rows = new Map<number, Sample>();
  for (const sample of samples) rows.set(Math.floor(sample.at / ROW_MS), sample);
  return [...rows.values()].reverse();
}
