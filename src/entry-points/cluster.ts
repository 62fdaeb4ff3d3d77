// tutti/cluster: training on the hosts of a queue, and taking part in it.

import '../supported-node.js';

export type { Cluster } from '../cluster/coordinator/cluster.js';
export type { ClusterEvent } from '../cluster/coordinator/cluster-events.js';
export type { ClusterOptions } from '../cluster/coordinator/cluster-options.js';
export { connectCluster } from '../cluster/coordinator/connect-cluster.js';
