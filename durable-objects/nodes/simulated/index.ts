export { createSimulatedNodes, SIMULATED_TIMER } from './simulated-nodes.ts';
export { EXIT_AFTER, EXIT_CODE, READY } from './steering.ts';
