// Original file: agent/runtimes/cri/runtime.proto


export interface RuntimeFeatures {
  'supplementalGroupsPolicy'?: (boolean);
}

export interface RuntimeFeatures__Output {
  'supplementalGroupsPolicy': (boolean);
}
