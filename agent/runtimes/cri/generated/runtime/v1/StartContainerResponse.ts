// Original file: agent/runtimes/cri/runtime.proto


export interface StartContainerResponse {
}

export interface StartContainerResponse__Output {
}
