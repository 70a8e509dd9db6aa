// Original file: agent/runtimes/cri/runtime.proto


export interface ImageFsInfoRequest {
}

export interface ImageFsInfoRequest__Output {
}
