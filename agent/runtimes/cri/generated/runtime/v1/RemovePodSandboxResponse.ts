// Original file: agent/runtimes/cri/runtime.proto


export interface RemovePodSandboxResponse {
}

export interface RemovePodSandboxResponse__Output {
}
