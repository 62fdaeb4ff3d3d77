// What one row takes, median and 99th percentile: in a server's request handler, as a whole request, and in a row without
// a server. Requests come one after the other on one connection.

import { Agent, request } from 'node:http';
import { isPeer } from '../contenders.js';
import type { ContenderProcess } from '../protocol.js';
import { interleave, type Session } from '../session.js';
import { quantile, type Spread, spread } from '../statistics.js';
import type { Workload } from '../workloads.js';

/** Over the rounds, microseconds of one row. */
export interface Latency {
  readonly p50: Spread;
  readonly p99: Spread;
}

export interface LatencyRow {
  readonly workload: string;
  readonly members: number;
  readonly contender: string;
  readonly variant: string | null;
  /** From the row to its answer in the request's handler; null without a server. */
  readonly handler: Latency | null;
  /** The request as its client sees it, parsing and answering included. */
  readonly request: Latency | null;
  /** One prediction after the other, without a server. */
  readonly inARow: Latency;
  /** Processor time of the server's process for a request. */
  readonly processorMicroseconds: Spread | null;
}

const [WARM_UP, REQUESTS] = [500, 2000];
const MEMBERS = 16;
/** Peers with one row at a time; the first has a server. */
const PEERS = ['onnxruntime-node', 'onnxruntime'];

interface Runner {
  readonly name: string;
  readonly process: ContenderProcess;
  /** Null where there is no server. */
  readonly port: number | null;
  readonly variant: string | null;
}

type Microseconds = readonly number[];
interface Sample {
  readonly handler: Microseconds | null;
  readonly request: Microseconds | null;
  readonly inARow: Microseconds;
  readonly processorMicroseconds: number | null;
}

export async function measureLatency(session: Session, base: Workload): Promise<LatencyRow[]> {
  const workload = { ...base, epochs: 1, members: Math.max(MEMBERS, base.members) };
  const what = `${workload.name}, one row`;
  const models = session.modelsOf(workload);
  const runners: Runner[] = [];
  const names = [...session.options.contenders.filter((name) => !isPeer(name)), ...PEERS];
  for (const name of names) {
    const runner = await enter(session, what, name, workload, models);
    if (runner !== null) runners.push(runner);
  }
  const row = JSON.stringify(Array.from({ length: workload.sizes[0]! }, (_, at) => Math.sin(at)));
  const samples = await interleave(
    runners,
    session.options.rounds,
    (runner) => sampleOf(runner, workload, models, row),
    (runner, error) => session.leaveOut(what, runner.name, error),
  );
  await Promise.all(runners.map((runner) => runner.process.stop()));
  return [...samples].map(([{ name, variant }, taken]) => ({
    workload: workload.name,
    members: workload.members,
    contender: name,
    variant,
    handler: latencyOf(taken.map((sample) => sample.handler)),
    request: latencyOf(taken.map((sample) => sample.request)),
    inARow: latencyOf(taken.map((sample) => sample.inARow))!,
    processorMicroseconds: spreadOf(taken.map((sample) => sample.processorMicroseconds)),
  }));
}

async function enter(
  session: Session,
  what: string,
  name: string,
  workload: Workload,
  models: string,
): Promise<Runner | null> {
  session.log(`  ${what}: preparing ${name}`);
  const process = await session.start(what, name === 'onnxruntime' ? name : `row-${name}`);
  if (process === null) return null;
  try {
    if (name !== 'onnxruntime') {
      const { port, variant = null } = await process.ask('listen', { workload, models });
      return { name, process, port, variant };
    }
    const { variant = null } = await process.ask('inARow', { workload, models, times: WARM_UP });
    return { name, process, port: null, variant };
  } catch (error) {
    session.leaveOut(what, name, error);
    await process.stop();
    return null;
  }
}

async function sampleOf(
  { process, port }: Runner,
  workload: Workload,
  models: string,
  row: string,
): Promise<Sample> {
  const alone = { workload, models, times: WARM_UP };
  await process.ask('inARow', alone);
  const { microseconds: inARow } = await process.ask('inARow', { ...alone, times: REQUESTS });
  if (port === null) return { handler: null, request: null, inARow, processorMicroseconds: null };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await requestsTo(port, agent, row, WARM_UP);
  await process.ask('handled', {});
  const taken = await requestsTo(port, agent, row, REQUESTS);
  const { microseconds, processorMs } = await process.ask('handled', {});
  agent.destroy();
  return {
    handler: microseconds,
    request: taken,
    inARow,
    processorMicroseconds: (processorMs * 1000) / REQUESTS,
  };
}

/** Microseconds of each of `count` requests, one after the other. */
async function requestsTo(port: number, agent: Agent, row: string, count: number): Promise<number[]> {
  const microseconds: number[] = [];
  for (let at = 0; at < count; at++) {
    const begun = performance.now();
    await post(port, agent, row);
    microseconds.push((performance.now() - begun) * 1000);
  }
  return microseconds;
}

function post(port: number, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port, agent, method: 'POST', headers }, (response) => {
      response.on('data', () => {});
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error('not answered')),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function latencyOf(samples: readonly (Microseconds | null)[]): Latency | null {
  const taken = samples.filter((sample) => sample !== null);
  if (taken.length === 0) return null;
  const at = (share: number) => spread(taken.map((sample) => quantile(sample, share)));
  return { p50: at(0.5), p99: at(0.99) };
}

function spreadOf(samples: readonly (number | null)[]): Spread | null {
  const taken = samples.filter((sample) => sample !== null);
  return taken.length === 0 ? null : spread(taken);
}
