export { isSimulated, SIMULATED } from './node-object.ts';
export { SIMULATED_KUBELET } from './reports.ts';
export {
  createSimulatedNodes,
  SIMULATED_TIMER,
  type SimulatedNodes,
  type SimulatedNodesPorts,
} from './simulated-nodes.ts';
export { EXIT_AFTER, EXIT_CODE, READY } from './steering.ts';
