// Original file: agent/runtimes/cri/runtime.proto


export interface RemoveContainerResponse {
}

export interface RemoveContainerResponse__Output {
}
