export { isSimulated, SIMULATED } from './node-object.ts';
export {
  createSimulatedNodes,
  SIMULATED_KUBELET,
  SIMULATED_TIMER,
  type SimulatedNodes,
  type SimulatedNodesPorts,
} from './simulated-nodes.ts';
export { EXIT_AFTER, EXIT_CODE, READY } from './steering.ts';
