// Original file: agent/runtimes/cri/runtime.proto


export interface StopContainerResponse {
}

export interface StopContainerResponse__Output {
}
