// A coordinator and its hosts in this process, over a queue and a store in memory.

import { type Cluster, type ClusterParts, openCluster } from '../../../src/cluster/coordinator/cluster.js';
import type { ClusterEvent } from '../../../src/cluster/coordinator/cluster-events.js';
import { type Cluster as Hosts, SECRET, startCluster } from '../worker/support.js';

export interface TestCluster extends AsyncDisposable {
  readonly hosts: Hosts;
  /** What the coordinators were told. */
  readonly told: ClusterEvent[];
  /** A coordinator, which ends with the hosts. */
  coordinator(parts?: Partial<ClusterParts>): Promise<Cluster>;
}

export function testCluster(): TestCluster {
  const hosts = startCluster();
  const told: ClusterEvent[] = [];
  const coordinators: Cluster[] = [];
  return {
    ...{ hosts, told },
    async coordinator(parts = {}) {
      const cluster = await openCluster({
        ...{ url: 'redis://test', secret: SECRET, store: hosts.store, address: hosts.store.address },
        ...{ inFlight: 100, handOver: null, verify: 0, isolate: null, times: { lookMs: 200 } },
        connect: async (events) => hosts.queue.sender(events),
        tell: (event) => void told.push(event),
        end: async () => undefined,
        ...parts,
      });
      coordinators.push(cluster);
      return cluster;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(coordinators.map((cluster) => cluster.destroy()));
      await hosts[Symbol.asyncDispose]();
    },
  };
}
