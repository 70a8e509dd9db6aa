/**
 * Makes `kube/generated/metrics.ts`: names, types, labels, buckets and help texts of the metrics that Islet keeps, from
 * upstream's own list of them (`test/instrumentation/documentation/documentation-list.yaml`), and the default state of
 * each feature (`test/compatibility_lifecycle/reference/versioned_feature_list.yaml`).
 *
 * Run: `node scripts/generate/metrics.ts` (Node 24, Go in the PATH).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { RELEASE } from './sources.ts';

const KEPT = `
aggregator_unavailable_apiservice aggregator_unavailable_apiservice_total
apiserver_admission_controller_admission_duration_seconds apiserver_admission_step_admission_duration_seconds
apiserver_admission_webhook_admission_duration_seconds apiserver_admission_webhook_fail_open_count
apiserver_admission_webhook_rejection_count apiserver_admission_webhook_request_total
apiserver_conversion_webhook_duration_seconds apiserver_conversion_webhook_request_total
apiserver_current_inflight_requests apiserver_current_inqueue_requests apiserver_flowcontrol_current_executing_requests
apiserver_flowcontrol_current_executing_seats apiserver_flowcontrol_current_inqueue_requests
apiserver_flowcontrol_current_inqueue_seats apiserver_flowcontrol_current_limit_seats
apiserver_flowcontrol_dispatched_requests_total apiserver_flowcontrol_lower_limit_seats
apiserver_flowcontrol_nominal_limit_seats apiserver_flowcontrol_rejected_requests_total
apiserver_flowcontrol_request_dispatch_no_accommodation_total apiserver_flowcontrol_request_execution_seconds
apiserver_flowcontrol_request_queue_length_after_enqueue apiserver_flowcontrol_request_wait_duration_seconds
apiserver_flowcontrol_upper_limit_seats apiserver_flowcontrol_work_estimated_seats apiserver_longrunning_requests
apiserver_mutating_admission_policy_check_duration_seconds apiserver_mutating_admission_policy_check_total
apiserver_request_body_size_bytes apiserver_request_duration_seconds apiserver_request_sli_duration_seconds
apiserver_request_total apiserver_requested_deprecated_apis apiserver_resource_objects apiserver_response_sizes
apiserver_storage_objects apiserver_storage_size_bytes apiserver_validating_admission_policy_check_duration_seconds
apiserver_validating_admission_policy_check_total apiserver_watch_events_sizes apiserver_watch_events_total
authenticated_user_requests authentication_attempts authorization_attempts_total
cronjob_controller_job_creation_skew_duration_seconds ephemeral_volume_controller_create_failures_total
ephemeral_volume_controller_create_total horizontal_pod_autoscaler_controller_desired_replicas
horizontal_pod_autoscaler_controller_num_horizontal_pod_autoscalers job_controller_job_finished_indexes_total
job_controller_job_pods_finished_total job_controller_job_syncs_total job_controller_jobs_finished_total
job_controller_pod_failures_handled_by_failure_policy_total kube_pod_resource_limit kube_pod_resource_request
kubernetes_build_info kubernetes_feature_enabled kubernetes_healthcheck node_collector_evictions_total
node_collector_unhealthy_nodes_in_zone node_collector_zone_health node_collector_zone_size
pod_gc_collector_force_delete_pod_errors_total pod_gc_collector_force_delete_pods_total pod_security_evaluations_total
pod_security_exemptions_total process_start_time_seconds pv_collector_bound_pv_count pv_collector_bound_pvc_count
pv_collector_total_pv_count pv_collector_unbound_pv_count pv_collector_unbound_pvc_count
resourceclaim_controller_creates_total resourceclaim_controller_resource_claims
scheduler_framework_extension_point_duration_seconds scheduler_pending_pods scheduler_pod_scheduling_attempts
scheduler_pod_scheduling_sli_duration_seconds scheduler_preemption_attempts_total scheduler_preemption_victims
scheduler_queue_incoming_pods_total scheduler_schedule_attempts_total scheduler_scheduling_algorithm_duration_seconds
scheduler_scheduling_attempt_duration_seconds scheduler_unschedulable_pods
taint_eviction_controller_pod_deletion_duration_seconds taint_eviction_controller_pod_deletions_total
ttl_after_finished_controller_job_deletion_duration_seconds version_info workqueue_adds_total workqueue_depth
workqueue_longest_running_processor_seconds workqueue_queue_duration_seconds workqueue_retries_total
workqueue_unfinished_work_seconds workqueue_work_duration_seconds
`
  .trim()
  .split(/\s+/);

/** Upstream's list leaves out what libraries other than its own register. */
const UNLISTED = {
  process_start_time_seconds: {
    type: 'gauge',
    help: 'Start time of the process since unix epoch in seconds.',
    labels: [],
  },
};

interface Listed {
  namespace?: string;
  subsystem?: string;
  name: string;
  help?: string;
  type: string;
  stabilityLevel: string;
  labels?: string[];
  buckets?: number[];
  deprecatedVersion?: string;
}

interface Feature {
  name: string;
  versionedSpecs: { default: boolean; preRelease: string; version: string }[];
}

const MINOR = Number(RELEASE.split('.')[1]);
const version = `v1.${MINOR}.${RELEASE.split('.')[2]}`;
const answer = execFileSync('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${version}`], { encoding: 'utf8' });
const root = join((JSON.parse(answer) as { Dir: string }).Dir, 'test');
const read = <T>(path: string): T => parse(readFileSync(join(root, path), 'utf8')) as T;

const metrics: Record<string, object> = { ...UNLISTED };
for (const listed of read<Listed[]>('instrumentation/documentation/documentation-list.yaml')) {
  const name = [listed.namespace, listed.subsystem, listed.name].filter(Boolean).join('_');
  if (!KEPT.includes(name) || name in metrics) continue;
  // Texts of several lines are listed with the quotes that they have in the source.
  const help = (listed.help ?? '').replace(/^`([^`]*)`$/, '$1');
  const deprecated = listed.deprecatedVersion ? `(Deprecated since ${listed.deprecatedVersion}) ` : '';
  metrics[name] = {
    type: /Histogram/.test(listed.type) ? 'histogram' : listed.type === 'Counter' ? 'counter' : 'gauge',
    help: `[${listed.stabilityLevel}] ${deprecated}${help}`,
    labels: [...(listed.labels ?? [])].sort(),
    ...(listed.buckets && { buckets: listed.buckets }),
  };
}
const missing = KEPT.filter((name) => !(name in metrics));
if (missing.length > 0) throw new Error(`upstream has no ${missing.join(', ')}`);

const features = read<Feature[]>('compatibility_lifecycle/reference/versioned_feature_list.yaml').map((feature) => {
  const specs = feature.versionedSpecs.filter((spec) => Number(spec.version.split('.')[1]) <= MINOR);
  const { preRelease = '', default: isOn = false } = specs.at(-1) ?? {};
  return `${feature.name} ${preRelease === 'GA' ? '' : preRelease.toUpperCase()} ${isOn ? 1 : 0}`;
});

const target = fileURLToPath(new URL('../../kube/generated/metrics.ts', import.meta.url));
writeFileSync(
  target,
  `/**
 * Metrics of Kubernetes ${version} that Islet keeps, labels in the order of their names, and its features: name, stage, state.
 * Made by scripts/generate/metrics.ts; not edited by hand.
 */
export const METRICS = ${JSON.stringify(Object.fromEntries(Object.entries(metrics).sort()), undefined, 2)} as const;

export const FEATURES = \`
${features.join('\n')}
\`;
`,
);
execFileSync('biome', ['check', '--write', target]);
console.log(`${Object.keys(metrics).length} metrics, ${features.length} features`);
