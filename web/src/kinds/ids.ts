/** Kinds that the page knows by name, as an address names them. */
export const PODS = 'v1/pods';
export const NODES = 'v1/nodes';
export const DEPLOYMENTS = 'apps/v1/deployments';
