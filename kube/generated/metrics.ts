/**
 * Metrics of Kubernetes v1.36.3 that Islet keeps, labels in the order of their names, and its features: name, stage, state.
 * Made by scripts/generate/metrics.ts; not edited by hand.
 */
export const METRICS = {
  aggregator_unavailable_apiservice: {
    type: 'gauge',
    help: '[ALPHA] Gauge of APIServices which are marked as unavailable broken down by APIService name.',
    labels: ['name'],
  },
  aggregator_unavailable_apiservice_total: {
    type: 'counter',
    help: '[ALPHA] Counter of APIServices which are marked as unavailable broken down by APIService name and reason.',
    labels: ['name', 'reason'],
  },
  apiserver_admission_controller_admission_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Admission controller latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
    labels: ['name', 'operation', 'rejected', 'type'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5],
  },
  apiserver_admission_step_admission_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Admission sub-step latency histogram in seconds, broken out for each operation and API resource and step type (validate or admit).',
    labels: ['operation', 'rejected', 'type'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5],
  },
  apiserver_admission_webhook_admission_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Admission webhook latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
    labels: ['name', 'operation', 'rejected', 'type'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25],
  },
  apiserver_admission_webhook_fail_open_count: {
    type: 'counter',
    help: '[ALPHA] Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).',
    labels: ['name', 'type'],
  },
  apiserver_admission_webhook_rejection_count: {
    type: 'counter',
    help: '[ALPHA] Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify an error type (calling_webhook_error or apiserver_internal_error if an error occurred; no_error otherwise) and optionally a non-zero rejection code if the webhook rejects the request with an HTTP status code (honored by the apiserver when the code is greater or equal to 400). Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
    labels: ['error_type', 'name', 'operation', 'rejection_code', 'type'],
  },
  apiserver_admission_webhook_request_total: {
    type: 'counter',
    help: '[ALPHA] Admission webhook request total, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify whether the request was rejected or not and an HTTP status code. Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
    labels: ['code', 'name', 'operation', 'rejected', 'type'],
  },
  apiserver_conversion_webhook_duration_seconds: {
    type: 'histogram',
    help: '[ALPHA] Conversion webhook request latency',
    labels: ['failure_type', 'result'],
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60],
  },
  apiserver_conversion_webhook_request_total: {
    type: 'counter',
    help: '[ALPHA] Counter for conversion webhook requests with success/failure and failure error type',
    labels: ['failure_type', 'result'],
  },
  apiserver_current_inflight_requests: {
    type: 'gauge',
    help: '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
    labels: ['request_kind'],
  },
  apiserver_current_inqueue_requests: {
    type: 'gauge',
    help: '[ALPHA] Maximal number of queued requests in this apiserver per request kind in last second.',
    labels: ['request_kind'],
  },
  apiserver_flowcontrol_current_executing_requests: {
    type: 'gauge',
    help: '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level'],
  },
  apiserver_flowcontrol_current_executing_seats: {
    type: 'gauge',
    help: '[BETA] Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level'],
  },
  apiserver_flowcontrol_current_inqueue_requests: {
    type: 'gauge',
    help: '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level'],
  },
  apiserver_flowcontrol_current_inqueue_seats: {
    type: 'gauge',
    help: '[ALPHA] Number of seats currently pending in queues of the API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level'],
  },
  apiserver_flowcontrol_current_limit_seats: {
    type: 'gauge',
    help: '[ALPHA] current derived number of execution seats available to each priority level',
    labels: ['priority_level'],
  },
  apiserver_flowcontrol_dispatched_requests_total: {
    type: 'counter',
    help: '[BETA] Number of requests executed by API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level'],
  },
  apiserver_flowcontrol_lower_limit_seats: {
    type: 'gauge',
    help: '[ALPHA] Configured lower bound on number of execution seats available to each priority level',
    labels: ['priority_level'],
  },
  apiserver_flowcontrol_nominal_limit_seats: {
    type: 'gauge',
    help: '[BETA] Nominal number of execution seats configured for each priority level',
    labels: ['priority_level'],
  },
  apiserver_flowcontrol_rejected_requests_total: {
    type: 'counter',
    help: '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level', 'reason'],
  },
  apiserver_flowcontrol_request_dispatch_no_accommodation_total: {
    type: 'counter',
    help: '[ALPHA] Number of times a dispatch attempt resulted in a non accommodation due to lack of available seats',
    labels: ['flow_schema', 'priority_level'],
  },
  apiserver_flowcontrol_request_execution_seconds: {
    type: 'histogram',
    help: '[ALPHA] Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
    labels: ['flow_schema', 'priority_level', 'type'],
    buckets: [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  },
  apiserver_flowcontrol_request_queue_length_after_enqueue: {
    type: 'histogram',
    help: '[ALPHA] Length of queue in the API Priority and Fairness subsystem, as seen by each request after it is enqueued',
    labels: ['flow_schema', 'priority_level'],
    buckets: [0, 10, 25, 50, 100, 250, 500, 1000],
  },
  apiserver_flowcontrol_request_wait_duration_seconds: {
    type: 'histogram',
    help: '[BETA] Length of time a request spent waiting in its queue',
    labels: ['execute', 'flow_schema', 'priority_level'],
    buckets: [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  },
  apiserver_flowcontrol_upper_limit_seats: {
    type: 'gauge',
    help: '[ALPHA] Configured upper bound on number of execution seats available to each priority level',
    labels: ['priority_level'],
  },
  apiserver_flowcontrol_work_estimated_seats: {
    type: 'histogram',
    help: '[ALPHA] Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness',
    labels: ['flow_schema', 'priority_level'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 100],
  },
  apiserver_longrunning_requests: {
    type: 'gauge',
    help: '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
    labels: ['component', 'group', 'resource', 'scope', 'subresource', 'verb', 'version'],
  },
  apiserver_mutating_admission_policy_check_duration_seconds: {
    type: 'histogram',
    help: '[ALPHA] Mutation admission latency for individual mutation expressions in seconds, labeled by policy and binding.',
    labels: ['error_type', 'policy', 'policy_binding'],
    buckets: [5e-7, 0.001, 0.01, 0.1, 1],
  },
  apiserver_mutating_admission_policy_check_total: {
    type: 'counter',
    help: '[ALPHA] Mutation admission policy check total, labeled by policy and further identified by binding.',
    labels: ['error_type', 'policy', 'policy_binding'],
  },
  apiserver_request_body_size_bytes: {
    type: 'histogram',
    help: '[ALPHA] Apiserver request body size in bytes broken out by resource and verb.',
    labels: ['group', 'resource', 'verb'],
    buckets: [
      50000, 150000, 250000, 350000, 450000, 550000, 650000, 750000, 850000, 950000, 1050000, 1150000, 1250000, 1350000,
      1450000, 1550000, 1650000, 1750000, 1850000, 1950000, 2050000, 2150000, 2250000, 2350000, 2450000, 2550000,
      2650000, 2750000, 2850000, 2950000, 3050000,
    ],
  },
  apiserver_request_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
    labels: ['component', 'dry_run', 'group', 'resource', 'scope', 'subresource', 'verb', 'version'],
    buckets: [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60],
  },
  apiserver_request_sli_duration_seconds: {
    type: 'histogram',
    help: '[ALPHA] Response latency distribution (not counting webhook duration and priority & fairness queue wait times) in seconds for each verb, group, version, resource, subresource, scope and component.',
    labels: ['component', 'group', 'resource', 'scope', 'subresource', 'verb', 'version'],
    buckets: [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60],
  },
  apiserver_request_total: {
    type: 'counter',
    help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
    labels: ['code', 'component', 'dry_run', 'group', 'resource', 'scope', 'subresource', 'verb', 'version'],
  },
  apiserver_requested_deprecated_apis: {
    type: 'gauge',
    help: '[STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
    labels: ['group', 'removed_release', 'resource', 'subresource', 'version'],
  },
  apiserver_resource_objects: {
    type: 'gauge',
    help: '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
    labels: ['group', 'resource'],
  },
  apiserver_response_sizes: {
    type: 'histogram',
    help: '[STABLE] Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.',
    labels: ['component', 'group', 'resource', 'scope', 'subresource', 'verb', 'version'],
    buckets: [1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000],
  },
  apiserver_storage_objects: {
    type: 'gauge',
    help: '[STABLE] (Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
    labels: ['resource'],
  },
  apiserver_storage_size_bytes: {
    type: 'gauge',
    help: '[STABLE] Size of the storage database file physically allocated in bytes.',
    labels: ['storage_cluster_id'],
  },
  apiserver_validating_admission_policy_check_duration_seconds: {
    type: 'histogram',
    help: '[BETA] Validation admission latency for individual validation expressions in seconds, labeled by policy and further including binding and enforcement action taken.',
    labels: ['enforcement_action', 'error_type', 'policy', 'policy_binding'],
    buckets: [5e-7, 0.001, 0.01, 0.1, 1],
  },
  apiserver_validating_admission_policy_check_total: {
    type: 'counter',
    help: '[BETA] Validation admission policy check total, labeled by policy and further identified by binding and enforcement action taken.',
    labels: ['enforcement_action', 'error_type', 'policy', 'policy_binding'],
  },
  apiserver_watch_events_sizes: {
    type: 'histogram',
    help: '[ALPHA] Watch event size distribution in bytes',
    labels: ['group', 'resource', 'version'],
    buckets: [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072],
  },
  apiserver_watch_events_total: {
    type: 'counter',
    help: '[ALPHA] Number of events sent in watch clients',
    labels: ['group', 'resource', 'version'],
  },
  authenticated_user_requests: {
    type: 'counter',
    help: '[ALPHA] Counter of authenticated requests broken out by username.',
    labels: ['username'],
  },
  authentication_attempts: {
    type: 'counter',
    help: '[ALPHA] Counter of authenticated attempts.',
    labels: ['result'],
  },
  authorization_attempts_total: {
    type: 'counter',
    help: "[ALPHA] Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
    labels: ['result'],
  },
  cronjob_controller_job_creation_skew_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Time between when a cronjob is scheduled to be run, and when the corresponding job is created',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  },
  ephemeral_volume_controller_create_failures_total: {
    type: 'counter',
    help: '[ALPHA] Number of PersistentVolumeClaim creation requests',
    labels: [],
  },
  ephemeral_volume_controller_create_total: {
    type: 'counter',
    help: '[ALPHA] Number of PersistentVolumeClaim creation requests',
    labels: [],
  },
  horizontal_pod_autoscaler_controller_desired_replicas: {
    type: 'gauge',
    help: '[ALPHA] Current desired replica count for HPA objects.',
    labels: ['hpa_name', 'namespace'],
  },
  horizontal_pod_autoscaler_controller_num_horizontal_pod_autoscalers: {
    type: 'gauge',
    help: '[ALPHA] Current number of controlled HPA objects.',
    labels: [],
  },
  job_controller_job_finished_indexes_total: {
    type: 'counter',
    help: '[ALPHA] The number of finished indexes. Possible values for the\n\t\t\tstatus label are: "succeeded", "failed". Possible values for the\n\t\t\tbackoffLimit label are: "perIndex" and "global"',
    labels: ['backoffLimit', 'status'],
  },
  job_controller_job_pods_finished_total: {
    type: 'counter',
    help: '[STABLE] The number of finished Pods that are fully tracked',
    labels: ['completion_mode', 'result'],
  },
  job_controller_job_syncs_total: {
    type: 'counter',
    help: '[STABLE] The number of job syncs',
    labels: ['action', 'completion_mode', 'result'],
  },
  job_controller_jobs_finished_total: {
    type: 'counter',
    help: '[STABLE] The number of finished jobs',
    labels: ['completion_mode', 'reason', 'result'],
  },
  job_controller_pod_failures_handled_by_failure_policy_total: {
    type: 'counter',
    help: '[ALPHA] The number of failed Pods handled by failure policy with\n\t\t\trespect to the failure policy action applied based on the matched\n\t\t\trule. Possible values of the action label correspond to the\n\t\t\tpossible values for the failure policy rule action, which are:\n\t\t\t"FailJob", "Ignore" and "Count".',
    labels: ['action'],
  },
  kube_pod_resource_limit: {
    type: 'gauge',
    help: '[STABLE] Resources limit for workloads on the cluster, broken down by pod. This shows the resource usage the scheduler and kubelet expect per pod for resources along with the unit for the resource if any.',
    labels: ['namespace', 'node', 'pod', 'priority', 'resource', 'scheduler', 'unit'],
  },
  kube_pod_resource_request: {
    type: 'gauge',
    help: '[STABLE] Resources requested by workloads on the cluster, broken down by pod. This shows the resource usage the scheduler and kubelet expect per pod for resources along with the unit for the resource if any.',
    labels: ['namespace', 'node', 'pod', 'priority', 'resource', 'scheduler', 'unit'],
  },
  kubernetes_build_info: {
    type: 'gauge',
    help: "[BETA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
    labels: [
      'build_date',
      'compiler',
      'git_commit',
      'git_tree_state',
      'git_version',
      'go_version',
      'major',
      'minor',
      'platform',
    ],
  },
  kubernetes_feature_enabled: {
    type: 'gauge',
    help: '[BETA] This metric records the data about the stage and enablement of a k8s feature.',
    labels: ['name', 'stage'],
  },
  kubernetes_healthcheck: {
    type: 'gauge',
    help: '[STABLE] This metric records the result of a single healthcheck.',
    labels: ['name', 'type'],
  },
  node_collector_evictions_total: {
    type: 'counter',
    help: '[STABLE] Number of Node evictions that happened since current instance of NodeController started.',
    labels: ['zone'],
  },
  node_collector_unhealthy_nodes_in_zone: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring number of not Ready Nodes per zones.',
    labels: ['zone'],
  },
  node_collector_zone_health: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring percentage of healthy nodes per zone.',
    labels: ['zone'],
  },
  node_collector_zone_size: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring number of registered Nodes per zones.',
    labels: ['zone'],
  },
  pod_gc_collector_force_delete_pod_errors_total: {
    type: 'counter',
    help: '[ALPHA] Number of errors encountered when forcefully deleting the pods since the Pod GC Controller started.',
    labels: ['namespace', 'reason'],
  },
  pod_gc_collector_force_delete_pods_total: {
    type: 'counter',
    help: '[ALPHA] Number of pods that are being forcefully deleted since the Pod GC Controller started.',
    labels: ['namespace', 'reason'],
  },
  pod_security_evaluations_total: {
    type: 'counter',
    help: '[ALPHA] Number of policy evaluations that occurred, not counting ignored or exempt requests.',
    labels: ['decision', 'mode', 'policy_level', 'policy_version', 'request_operation', 'resource', 'subresource'],
  },
  pod_security_exemptions_total: {
    type: 'counter',
    help: '[ALPHA] Number of exempt requests, not counting ignored or out of scope requests.',
    labels: ['request_operation', 'resource', 'subresource'],
  },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'Start time of the process since unix epoch in seconds.',
    labels: [],
  },
  pv_collector_bound_pv_count: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring number of persistent volume currently bound',
    labels: ['storage_class'],
  },
  pv_collector_bound_pvc_count: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring number of persistent volume claim currently bound',
    labels: ['namespace', 'storage_class', 'volume_attributes_class'],
  },
  pv_collector_total_pv_count: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring total number of persistent volumes',
    labels: ['plugin_name', 'volume_mode'],
  },
  pv_collector_unbound_pv_count: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring number of persistent volume currently unbound',
    labels: ['storage_class'],
  },
  pv_collector_unbound_pvc_count: {
    type: 'gauge',
    help: '[ALPHA] Gauge measuring number of persistent volume claim currently unbound',
    labels: ['namespace', 'storage_class', 'volume_attributes_class'],
  },
  resourceclaim_controller_creates_total: {
    type: 'counter',
    help: '[ALPHA] Number of ResourceClaims creation requests, categorized by creation status and admin access',
    labels: ['admin_access', 'status'],
  },
  resourceclaim_controller_resource_claims: {
    type: 'gauge',
    help: "[ALPHA] Number of ResourceClaims, categorized by allocation status, admin access, and source. Source can be 'resource_claim_template' (created from a template), 'extended_resource' (extended resources), or empty (manually created by a user).",
    labels: ['admin_access', 'allocated', 'source'],
  },
  scheduler_framework_extension_point_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Latency for running all plugins of a specific extension point.',
    labels: ['extension_point', 'profile', 'status'],
    buckets: [0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064, 0.0128, 0.0256, 0.0512, 0.1024, 0.2048],
  },
  scheduler_pending_pods: {
    type: 'gauge',
    help: "[STABLE] Number of pending pods, by the queue type. 'active' means number of pods in activeQ; 'backoff' means number of pods in backoffQ; 'unschedulable' means number of pods in unschedulablePods that the scheduler attempted to schedule and failed; 'gated' is the number of unschedulable pods that the scheduler never attempted to schedule because they are gated.",
    labels: ['queue'],
  },
  scheduler_pod_scheduling_attempts: {
    type: 'histogram',
    help: '[STABLE] Number of attempts to successfully schedule a pod.',
    labels: [],
    buckets: [1, 2, 4, 8, 16],
  },
  scheduler_pod_scheduling_sli_duration_seconds: {
    type: 'histogram',
    help: '[BETA] E2e latency for a pod being scheduled, from the time the pod enters the scheduling queue and might involve multiple scheduling attempts.',
    labels: ['attempts'],
    buckets: [
      0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68, 655.36,
      1310.72, 2621.44, 5242.88,
    ],
  },
  scheduler_preemption_attempts_total: {
    type: 'counter',
    help: '[STABLE] Total preemption attempts in the cluster till now',
    labels: [],
  },
  scheduler_preemption_victims: {
    type: 'histogram',
    help: '[STABLE] Number of selected preemption victims',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64],
  },
  scheduler_queue_incoming_pods_total: {
    type: 'counter',
    help: '[STABLE] Number of pods added to scheduling queues by event and queue type.',
    labels: ['event', 'queue'],
  },
  scheduler_schedule_attempts_total: {
    type: 'counter',
    help: "[STABLE] Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, while 'error' means an internal scheduler problem.",
    labels: ['profile', 'result'],
  },
  scheduler_scheduling_algorithm_duration_seconds: {
    type: 'histogram',
    help: '[ALPHA] Scheduling algorithm latency in seconds',
    labels: [],
    buckets: [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384],
  },
  scheduler_scheduling_attempt_duration_seconds: {
    type: 'histogram',
    help: '[STABLE] Scheduling attempt latency in seconds (scheduling algorithm + binding)',
    labels: ['profile', 'result'],
    buckets: [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384],
  },
  scheduler_unschedulable_pods: {
    type: 'gauge',
    help: '[ALPHA] The number of unschedulable pods broken down by plugin name. A pod will increment the gauge for all plugins that caused it to not schedule and so this metric have meaning only when broken down by plugin.',
    labels: ['plugin', 'profile'],
  },
  taint_eviction_controller_pod_deletion_duration_seconds: {
    type: 'histogram',
    help: '[ALPHA] Latency, in seconds, between the time when a taint effect has been activated for the Pod and its deletion via TaintEvictionController.',
    labels: [],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30, 60, 120, 180, 240],
  },
  taint_eviction_controller_pod_deletions_total: {
    type: 'counter',
    help: '[ALPHA] Total number of Pods deleted by TaintEvictionController since its start.',
    labels: [],
  },
  ttl_after_finished_controller_job_deletion_duration_seconds: {
    type: 'histogram',
    help: '[ALPHA] The time it took to delete the job since it became eligible for deletion',
    labels: [],
    buckets: [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6, 819.2],
  },
  version_info: {
    type: 'gauge',
    help: '[ALPHA] Provides the compatibility version info of the component. The component label is the name of the component, usually kube, but is relevant for aggregated-apiservers.',
    labels: ['binary', 'component', 'emulation', 'min_compat'],
  },
  workqueue_adds_total: {
    type: 'counter',
    help: '[BETA] Total number of adds handled by workqueue',
    labels: ['name'],
  },
  workqueue_depth: {
    type: 'gauge',
    help: '[BETA] Current depth of workqueue',
    labels: ['name'],
  },
  workqueue_longest_running_processor_seconds: {
    type: 'gauge',
    help: '[BETA] How many seconds has the longest running processor for workqueue been running.',
    labels: ['name'],
  },
  workqueue_queue_duration_seconds: {
    type: 'histogram',
    help: '[BETA] How long in seconds an item stays in workqueue before being requested.',
    labels: ['name'],
    buckets: [1e-8, 1e-7, 0.000001, 0.000009999999999999999, 0.00009999999999999999, 0.001, 0.01, 0.1, 1, 10],
  },
  workqueue_retries_total: {
    type: 'counter',
    help: '[BETA] Total number of retries handled by workqueue',
    labels: ['name'],
  },
  workqueue_unfinished_work_seconds: {
    type: 'gauge',
    help: "[BETA] How many seconds of work has done that is in progress and hasn't been observed by work_duration. Large values indicate stuck threads. One can deduce the number of stuck threads by observing the rate at which this increases.",
    labels: ['name'],
  },
  workqueue_work_duration_seconds: {
    type: 'histogram',
    help: '[BETA] How long in seconds processing an item from workqueue takes.',
    labels: ['name'],
    buckets: [1e-8, 1e-7, 0.000001, 0.000009999999999999999, 0.00009999999999999999, 0.001, 0.01, 0.1, 1, 10],
  },
} as const;

export const FEATURES = `
AggregatedDiscoveryRemoveBetaType DEPRECATED 1
AllowDNSOnlyNodeCSR DEPRECATED 0
AllowInsecureKubeletCertificateSigningRequests DEPRECATED 0
AllowOverwriteTerminationGracePeriodSeconds DEPRECATED 0
AllowParsingUserUIDFromCertAuth BETA 1
AllowServiceExternalIPs  1
AllowUnsafeMalformedObjectDeletion ALPHA 0
AnonymousAuthConfigurableEndpoints  1
AnyVolumeDataSource  1
APIResponseCompression BETA 1
APIServerIdentity BETA 1
APIServerTracing  1
APIServingWithRoutine ALPHA 0
AuthorizeNodeWithSelectors  1
AuthorizePodWebsocketUpgradeCreatePermission BETA 1
AuthorizeWithSelectors  1
BtreeWatchCache  1
CBORServingAndStorage ALPHA 0
ChangeContainerStatusOnKubeletRestart DEPRECATED 0
ClearingNominatedNodeNameAfterBinding BETA 1
CloudControllerManagerWatchBasedRoutesReconciliation ALPHA 0
CloudControllerManagerWebhook ALPHA 0
ClusterTrustBundle BETA 0
ClusterTrustBundleProjection BETA 0
ComponentFlagz BETA 1
ComponentStatusz BETA 1
ConcurrentWatchObjectDecode BETA 0
ConsistentListFromCache  1
ConstrainedImpersonation BETA 1
ContainerCheckpoint BETA 1
ContainerRestartRules BETA 1
ContainerStopSignals ALPHA 0
ContextualLogging BETA 1
ControllerManagerReleaseLeaderElectionLockOnExit ALPHA 0
CoordinatedLeaderElection BETA 0
CPUManagerPolicyAlphaOptions ALPHA 0
CPUManagerPolicyBetaOptions BETA 1
CPUManagerPolicyOptions  1
CRDObservedGenerationTracking BETA 1
CRDValidationRatcheting  1
CRIListStreaming ALPHA 0
CrossNamespaceVolumeDataSource ALPHA 0
CSIServiceAccountTokenSecrets  1
CSIVolumeHealth ALPHA 0
CustomCPUCFSQuotaPeriod  1
CustomResourceFieldSelectors  1
DeclarativeValidation  1
DeclarativeValidationBeta BETA 1
DeclarativeValidationTakeover DEPRECATED 0
DeploymentReplicaSetTerminatingReplicas BETA 1
DetectCacheInconsistency BETA 1
DisableAllocatorDualWrite  1
DisableCPUQuotaWithExclusiveCPUs DEPRECATED 1
DisableNodeKubeProxyVersion DEPRECATED 1
DRAAdminAccess  1
DRAConsumableCapacity BETA 1
DRADeviceBindingConditions BETA 1
DRADeviceTaintRules BETA 0
DRADeviceTaints BETA 1
DRAExtendedResource BETA 1
DRAListTypeAttributes ALPHA 0
DRANodeAllocatableResources ALPHA 0
DRAPartitionableDevices BETA 1
DRAPrioritizedList  1
DRAResourceClaimDeviceStatus BETA 1
DRAResourceClaimGranularStatusAuthorization BETA 1
DRAResourcePoolStatus ALPHA 0
DRASchedulerFilterTimeout BETA 1
DRAWorkloadResourceClaims ALPHA 0
DynamicResourceAllocation  1
EnvFiles BETA 1
EventedPLEG ALPHA 0
ExecProbeTimeout  1
ExtendWebSocketsToKubelet BETA 1
ExternalServiceAccountTokenSigner  1
GangScheduling ALPHA 0
GenericWorkload ALPHA 0
GitRepoVolumeDriver DEPRECATED 0
GracefulNodeShutdown BETA 1
GracefulNodeShutdownBasedOnPodPriority BETA 1
HostnameOverride BETA 1
HPAConfigurableTolerance BETA 1
HPAScaleToZero ALPHA 0
ImageMaximumGCAge  1
ImageVolume  1
ImageVolumeWithDigest ALPHA 0
InPlacePodLevelResourcesVerticalScaling BETA 1
InPlacePodVerticalScaling  1
InPlacePodVerticalScalingExclusiveCPUs ALPHA 0
InPlacePodVerticalScalingExclusiveMemory ALPHA 0
InPlacePodVerticalScalingInitContainers BETA 1
JobBackoffLimitPerIndex  1
JobManagedBy  1
JobPodReplacementPolicy  1
JobSuccessPolicy  1
KMSv1 DEPRECATED 0
KubeletCgroupDriverFromCRI  1
KubeletCrashLoopBackOffMax BETA 1
KubeletEnsureSecretPulledImages BETA 1
KubeletFineGrainedAuthz  1
KubeletInUserNamespace ALPHA 0
KubeletPodResourcesDynamicResources  1
KubeletPodResourcesGet  1
KubeletPodResourcesListUseActivePods DEPRECATED 1
KubeletPSI  1
KubeletRegistrationGetOnExistsOnly DEPRECATED 0
KubeletSeparateDiskGC BETA 1
KubeletServiceAccountTokenForCredentialProviders BETA 1
KubeletTracing  1
ListFromCacheSnapshot BETA 1
LocalStorageCapacityIsolationFSQuotaMonitoring BETA 0
LogarithmicScaleDown  1
LoggingAlphaOptions ALPHA 0
LoggingBetaOptions BETA 1
ManifestBasedAdmissionControlConfig ALPHA 0
MatchLabelKeysInPodAffinity  1
MatchLabelKeysInPodTopologySpread BETA 1
MatchLabelKeysInPodTopologySpreadSelectorMerge BETA 1
MaxUnavailableStatefulSet BETA 0
MemoryQoS ALPHA 0
MultiCIDRServiceAllocator  1
MutableCSINodeAllocatableCount  1
MutablePodResourcesForSuspendedJobs BETA 1
MutablePVNodeAffinity ALPHA 0
MutableSchedulingDirectivesForSuspendedJobs BETA 1
MutatingAdmissionPolicy  1
NativeHistograms ALPHA 0
NFTablesProxyMode  1
NodeDeclaredFeatures BETA 1
NodeInclusionPolicyInPodTopologySpread  1
NodeLogQuery  1
NodeSwap  1
NominatedNodeNameForExpectation BETA 1
OpenAPIEnums BETA 1
OpportunisticBatching BETA 1
OrderedNamespaceDeletion  1
PersistentVolumeClaimUnusedSinceTime ALPHA 0
PLEGOnDemandRelist BETA 1
PodAndContainerStatsFromCRI ALPHA 0
PodCertificateRequest BETA 0
PodDeletionCost BETA 1
PodLevelResourceManagers ALPHA 0
PodLevelResources BETA 1
PodLifecycleSleepAction  1
PodLifecycleSleepActionAllowZero  1
PodLogsQuerySplitStreams ALPHA 0
PodObservedGenerationTracking  1
PodReadyToStartContainersCondition BETA 1
PodsAPI ALPHA 0
PodSchedulingReadiness  1
PodTopologyLabelsAdmission BETA 1
PortForwardWebsockets BETA 1
PreferSameTrafficDistribution  1
PreventStaticPodAPIReferences BETA 1
ProcMountType  1
QOSReserved ALPHA 0
RecoverVolumeExpansionFailure  1
RecursiveReadOnlyMounts  1
ReduceDefaultCrashLoopBackOffDecay ALPHA 0
RelaxedDNSSearchValidation  1
RelaxedEnvironmentVariableValidation  1
RelaxedServiceNameValidation BETA 1
ReloadKubeletClientCAFile BETA 1
ReloadKubeletServerCertificateFile BETA 1
RemoteRequestHeaderUID BETA 1
ResilientWatchCacheInitialization  1
ResourceHealthStatus BETA 1
ResourceHealthStatusMessage BETA 1
RestartAllContainersOnContainerExits BETA 1
RetryGenerateName  1
RotateKubeletServerCertificate BETA 1
RuntimeClassInImageCriApi ALPHA 0
SchedulerAsyncAPICalls BETA 0
SchedulerAsyncPreemption BETA 1
SchedulerPopFromBackoffQ BETA 1
SchedulerQueueingHints  1
SELinuxChangePolicy  1
SELinuxMount BETA 0
SELinuxMountReadWriteOncePod  1
SeparateCacheWatchRPC DEPRECATED 0
SeparateTaintEvictionController  1
ServiceAccountNodeAudienceRestriction BETA 1
ServiceAccountTokenJTI  1
ServiceAccountTokenNodeBinding  1
ServiceAccountTokenNodeBindingValidation  1
ServiceAccountTokenPodNodeInfo  1
ServiceCIDRStatusFieldWiping DEPRECATED 1
ShardedListAndWatch ALPHA 0
SidecarContainers  1
SizeBasedListCostEstimate BETA 1
StaleControllerConsistencyDaemonSet BETA 1
StaleControllerConsistencyJob BETA 1
StaleControllerConsistencyReplicaSet BETA 1
StaleControllerConsistencyStatefulSet BETA 1
StatefulSetSemanticRevisionComparison BETA 1
StorageCapacityScoring ALPHA 0
StorageNamespaceIndex DEPRECATED 1
StorageVersionAPI ALPHA 0
StorageVersionHash BETA 1
StorageVersionMigrator BETA 0
StreamingCollectionEncodingToJSON  1
StreamingCollectionEncodingToProtobuf  1
StrictIPCIDRValidation BETA 1
StructuredAuthenticationConfiguration  1
StructuredAuthenticationConfigurationEgressSelector BETA 1
StructuredAuthenticationConfigurationJWKSMetrics BETA 1
SupplementalGroupsPolicy  1
SystemdWatchdog  1
TaintTolerationComparisonOperators ALPHA 0
TokenRequestServiceAccountUIDValidation BETA 1
TopologyAwareWorkloadScheduling ALPHA 0
TopologyManagerPolicyAlphaOptions ALPHA 0
TopologyManagerPolicyBetaOptions BETA 1
TopologyManagerPolicyOptions  1
TranslateStreamCloseWebsocketRequests BETA 1
UnauthenticatedHTTP2DOSMitigation BETA 1
UnknownVersionInteroperabilityProxy BETA 1
UserNamespacesHostNetworkSupport ALPHA 0
UserNamespacesSupport  1
VolumeAttributesClass  1
VolumeLimitScaling ALPHA 0
WatchCacheInitializationPostStartHook BETA 1
WatchList BETA 1
WindowsCPUAndMemoryAffinity ALPHA 0
WindowsGracefulNodeShutdown BETA 1
WindowsHostNetwork DEPRECATED 0
WinDSR  1
WinOverlay  1
WorkloadAwarePreemption ALPHA 0
WorkloadWithJob ALPHA 0
`;
