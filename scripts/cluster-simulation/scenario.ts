// What is simulated, and what comes of it.

/** Times in seconds, sizes in MB (10⁶ bytes). */
export interface Scenario {
  readonly hosts: number;
  readonly threadsPerHost: number;
  readonly members: number;
  /** Mean time that a thread trains a member; each takes between 0.8 and 1.2 of it. */
  readonly memberSeconds: number;
  readonly queue: 'redis' | 'postgres';
  /** Who serves blobs: the coordinator over HTTP, or a store that has room for all. */
  readonly store: 'coordinator' | 'shared';
  readonly datasetMb: number;
  /** Of a member as it is sent. */
  readonly resultMb: number;
  /** Members that the coordinator has sent and not back yet, at most. */
  readonly inFlight: number;
  /** How often a host says how far a member is. */
  readonly progressSeconds: number;
  /** How often a host keeps its locks. */
  readonly renewSeconds: number;
  /** Of the coordinator's machine, and of each host. */
  readonly linkMbPerSecond: number;
  /** One way. */
  readonly networkMs: number;
  /** Hosts that are lost for good in an hour, of all. */
  readonly lostPerHour: number;
  /** Until a lost host's tasks are given to others. */
  readonly redeliverySeconds: number;
  /** Until another host comes in the place of a lost one. */
  readonly replacedSeconds: number;
  readonly seed: number;
}

/** What a scenario has that says nothing of it: 1 Gbit/s, a local network, no losses. */
const USUAL = {
  ...{
    threadsPerHost: 8,
    members: 10_000,
    queue: 'redis',
    store: 'coordinator',
    datasetMb: 10,
    resultMb: 0.4,
  },
  ...{ progressSeconds: 2, renewSeconds: 15, linkMbPerSecond: 117, networkMs: 0.25 },
  ...{ lostPerHour: 0, redeliverySeconds: 45, replacedSeconds: 60, seed: 1 },
} as const satisfies Partial<Scenario>;

export function scenario(of: Partial<Scenario> & Pick<Scenario, 'hosts' | 'memberSeconds'>): Scenario {
  const { threadsPerHost, members } = { ...USUAL, ...of };
  // Two for each thread: one that is trained, one that is on its way or waits at the host.
  return { ...USUAL, inFlight: Math.min(members, 2 * of.hosts * threadsPerHost), ...of };
}

/** What all hosts share: the queue's server, the coordinator's processor, its network link. */
export const STATIONS = ['queue', 'coordinator', 'link'] as const;
export type StationName = (typeof STATIONS)[number];

export interface StationOutcome {
  /** Share of the training's time that it was busy. */
  readonly busyShare: number;
  /** The longest that somebody waited for it. */
  readonly longestWaitMs: number;
}

export interface Outcome {
  readonly seconds: number;
  /** What as many threads would take for the same members without queue, network and losses. */
  readonly idealSeconds: number;
  /** The ideal time over the time. */
  readonly efficiency: number;
  readonly stations: Readonly<Record<StationName, StationOutcome>>;
  readonly queueCommands: number;
  /** What came through the store, both ways. */
  readonly blobs: number;
  readonly blobMb: number;
  readonly lostHosts: number;
  /** Members that were begun again, because their host was lost. */
  readonly redelivered: number;
}
