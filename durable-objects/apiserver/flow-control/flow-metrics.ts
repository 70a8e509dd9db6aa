/** Counts of flow control (apiserver `pkg/util/flowcontrol/metrics/metrics.go`), by level and schema. */

import { requestKind } from '../../../kube/machinery/request/request-info.ts';
import { type Family, gauge, type Registry } from '../../../kube/metrics/registry.ts';
import type { Classified } from './configuration.ts';
import type { Execution, FlowCounts, FlowRequest, Kept } from './execution.ts';
import type { Level, Refusal } from './level.ts';
import type { Levels } from './levels.ts';

const MAX_FLOWS = 1000;

export class FlowMetrics {
  readonly #registry: Registry;
  readonly #counts = new Map<string, FlowCounts>();
  /** `#counts` by the schema's object, which is made anew when the configuration changes. */
  #known = new WeakMap<object, FlowCounts>();

  constructor(registry: Registry, levels: () => Levels) {
    this.#registry = registry;
    registry.onRead(() => this.#gauges(levels()));
  }

  countsOf({ schema, level }: Classified): FlowCounts {
    let counts = this.#known.get(schema);
    if (counts?.level !== level.name) {
      const id = `${level.name} ${schema.name}`;
      counts = this.#counts.get(id) ?? this.#make(level.name, schema.name);
      if (this.#counts.size >= MAX_FLOWS) this.#forgetIdle();
      this.#counts.set(id, counts);
      this.#known.set(schema, counts);
    }
    if (counts.kept.generation !== this.#registry.generation) counts.kept = this.#keep(counts.level, counts.schema);
    return counts;
  }

  queued({ counts, width }: FlowRequest, length: number): void {
    const { schema, level } = counts;
    counts.inQueue++;
    counts.inQueueSeats += width;
    this.#registry.observe('apiserver_flowcontrol_request_queue_length_after_enqueue', length, schema, level);
    this.#registry.count('apiserver_flowcontrol_request_dispatch_no_accommodation_total', schema, level);
  }

  /** The request leaves its queue, for a seat or for good. */
  dequeued({ counts, width, arrived }: FlowRequest, now: number, isExecuted: boolean): void {
    const { schema, level } = counts;
    counts.inQueue--;
    counts.inQueueSeats -= width;
    const seconds = (now - arrived) / 1000;
    this.#registry.observe(
      'apiserver_flowcontrol_request_wait_duration_seconds',
      seconds,
      String(isExecuted),
      schema,
      level,
    );
  }

  refused({ counts: { schema, level } }: FlowRequest, reason: Refusal): void {
    this.#registry.count('apiserver_flowcontrol_rejected_requests_total', schema, level, reason);
  }

  begun({ request: { counts, width } }: Execution): void {
    counts.executing++;
    counts.executingSeats += width;
    counts.kept.dispatched.value++;
    counts.kept.estimatedSeats.observe(width);
  }

  ended({ request: { counts, width, info }, started }: Execution, now: number): void {
    counts.executing--;
    counts.executingSeats -= width;
    const seconds = (now - started) / 1000;
    if (info.verb !== 'watch') counts.kept.regularSeconds.observe(seconds);
    else this.#registry.observe(EXECUTION, seconds, counts.schema, counts.level, 'watch');
  }

  /** Schemas come and go by other names. */
  #forgetIdle(): void {
    for (const [id, { executing, inQueue }] of this.#counts) if (executing + inQueue === 0) this.#counts.delete(id);
    this.#known = new WeakMap();
  }

  #make(level: string, schema: string): FlowCounts {
    const kept = this.#keep(level, schema);
    return { level, schema, executing: 0, executingSeats: 0, inQueue: 0, inQueueSeats: 0, kept };
  }

  #keep(level: string, schema: string): Kept {
    return {
      generation: this.#registry.generation,
      dispatched: this.#registry.value('apiserver_flowcontrol_dispatched_requests_total', schema, level),
      estimatedSeats: this.#registry.histogram('apiserver_flowcontrol_work_estimated_seats', schema, level),
      regularSeconds: this.#registry.histogram(EXECUTION, schema, level, 'regular'),
    };
  }

  *#gauges(levels: Levels): Generator<Family> {
    const all = [...levels.all()];
    yield waitingByKind(all);
    const ofLevels = (value: (level: Level) => number) =>
      all.map((level) => [value(level), level.configuration.name] as const);
    yield gauge(
      'apiserver_flowcontrol_nominal_limit_seats',
      ofLevels(({ seats }) => seats.nominal),
    );
    yield gauge(
      'apiserver_flowcontrol_lower_limit_seats',
      ofLevels(({ seats }) => seats.min),
    );
    yield gauge(
      'apiserver_flowcontrol_upper_limit_seats',
      ofLevels(({ seats }) => seats.max),
    );
    yield gauge(
      'apiserver_flowcontrol_current_limit_seats',
      ofLevels((level) => levels.available(level)),
    );
    const counts = [...this.#counts.values()];
    const ofFlows = (value: (counts: FlowCounts) => number) =>
      counts.map((each) => [value(each), each.schema, each.level] as const);
    yield gauge(
      'apiserver_flowcontrol_current_executing_requests',
      ofFlows(({ executing }) => executing),
    );
    yield gauge(
      'apiserver_flowcontrol_current_executing_seats',
      ofFlows(({ executingSeats }) => executingSeats),
    );
    yield gauge(
      'apiserver_flowcontrol_current_inqueue_requests',
      ofFlows(({ inQueue }) => inQueue),
    );
    yield gauge(
      'apiserver_flowcontrol_current_inqueue_seats',
      ofFlows(({ inQueueSeats }) => inQueueSeats),
    );
  }
}

function waitingByKind(levels: readonly Level[]): Family {
  const waiting = { mutating: 0, readOnly: 0 };
  for (const level of levels) {
    for (const { waiters } of level.queues()) {
      for (const { request } of waiters) waiting[requestKind(request.info)]++;
    }
  }
  return gauge(
    'apiserver_current_inqueue_requests',
    Object.entries(waiting).map(([kind, count]) => [count, kind] as const),
  );
}

const EXECUTION = 'apiserver_flowcontrol_request_execution_seconds';
