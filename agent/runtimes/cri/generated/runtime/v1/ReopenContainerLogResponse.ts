// Original file: agent/runtimes/cri/runtime.proto


export interface ReopenContainerLogResponse {
}

export interface ReopenContainerLogResponse__Output {
}
