// tutti/cluster: training on the hosts of a queue, and taking part in it.

import '../supported-node.js';

export type { Cluster } from '../cluster/coordinator/cluster.js';
export type { ClusterEvent } from '../cluster/coordinator/cluster-events.js';
export type { ClusterOptions } from '../cluster/coordinator/cluster-options.js';
export { connectCluster } from '../cluster/coordinator/connect-cluster.js';
export type { ClusterWorker } from '../cluster/worker/cluster-worker.js';
export type { WhyReturned } from '../cluster/worker/returned.js';
export { startWorker } from '../cluster/worker/start-worker.js';
export type { NamedTask, WorkerEvent } from '../cluster/worker/worker-events.js';
export type { WorkerOptions } from '../cluster/worker/worker-options.js';
