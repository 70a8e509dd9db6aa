/** The Metrics API in its wire form (`k8s.io/metrics/pkg/apis/metrics/v1beta1`). */
import type { ObjectMeta } from '../../machinery/object.ts';

/** Quantities by `cpu` and `memory`. */
export type UsageList = Record<string, string>;

type Measured = {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  /** RFC 3339: the end of the time that was measured. */
  timestamp: string;
  /** The length of that time, as Go prints a duration. */
  window: string;
};

export type NodeMetrics = Measured & { usage: UsageList };

export type PodMetrics = Measured & { containers: { name: string; usage: UsageList }[] };
