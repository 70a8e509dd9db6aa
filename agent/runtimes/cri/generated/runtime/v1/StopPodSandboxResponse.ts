// Original file: agent/runtimes/cri/runtime.proto


export interface StopPodSandboxResponse {
}

export interface StopPodSandboxResponse__Output {
}
