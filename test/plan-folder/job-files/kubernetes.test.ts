// What Kubernetes would be given is held against its own schema three times over: values by the published OpenAPI schemas,
// names of fields by the types made from them, and what only the API server checks by its rules, written down here.
// Source: kubernetes/pkg/apis/batch/validation (validateJobSpec, validatePodFailurePolicy).

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import t from 'tap';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import type { Job } from '../../../src/plan-folder/job-files/job.js';
import { kubernetes } from '../../../src/plan-folder/job-files/kubernetes.js';
import { JOB } from './support.js';

const require = createRequire(import.meta.url);
const MODELS: Readonly<Record<string, { new (data: object): { validate(): void } }>> = {
  Job: require('kubernetes-models/batch/v1/Job').Job,
  PersistentVolumeClaim: require('kubernetes-models/v1/PersistentVolumeClaim').PersistentVolumeClaim,
  Pod: require('kubernetes-models/v1/Pod').Pod,
};

const parts = (count: number) => Array.from({ length: count }, (_, index) => ({ members: [index] }));

const JOBS: Readonly<Record<string, Job>> = {
  'of a few parts': JOB,
  'of one part': { ...JOB, parts: parts(1) },
  'of most parts, all at once': { ...JOB, parts: parts(100_000), atOnce: 100_000 },
  'without figures': { ...JOB, memoryBytes: null, partMs: null },
  'with strange names': { ...JOB, folder: `/x/a "plan": $(HOME) #1 'é'`, image: 'host:5000/a/b@sha256:00' },
};

/** The documents of a file, as kubectl reads them. */
function documents(job: Job, name: string): { kind: string }[] {
  const text = kubernetes.files(job).find((file) => file.name === name)!.text;
  return parseAllDocuments(text, { version: '1.1', strict: true }).map((document) => {
    t.same([...document.errors, ...document.warnings], []);
    return document.toJS();
  });
}

const jobOf = (job: Job) => documents(job, 'job.yaml')[0] as unknown as IJob;
const all = (job: Job) => [...documents(job, 'job.yaml'), ...documents(job, 'volume.yaml')];

for (const [name, job] of Object.entries(JOBS)) {
  t.test(`a job ${name} is valid by Kubernetes’ schemas`, async (t) => {
    for (const document of all(job)) {
      const Model = MODELS[document.kind]!;
      t.doesNotThrow(() => new Model(document).validate(), document.kind);
    }
    t.same(refusals(jobOf(job)), []);
  });
}

t.test('the schemas and the rules do refuse', async (t) => {
  const job = jobOf(JOB);
  const spoiled = structuredClone(job) as unknown as { spec: Record<string, unknown> };
  spoiled.spec.backoffLimitPerIndex = 'three';
  t.throws(() => new MODELS.Job!(spoiled).validate(), /backoffLimitPerIndex/);
  t.match(refusals({ ...job, spec: { ...job.spec!, completionMode: 'NonIndexed' } }), [/Indexed/]);
  t.match(refusals({ ...job, spec: { ...job.spec!, maxFailedIndexes: 4 } }), [/maxFailedIndexes/]);
});

t.test('no file has a field that Kubernetes does not know', async (t) => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const texts = Object.values(JOBS)
    .filter((job) => job.parts.length < 100)
    .flatMap(all)
    .map((document, at) => `export const at${at}: I${document.kind} = ${JSON.stringify(document)};\n`);
  const imports = [
    "import type { IJob } from 'kubernetes-models/batch/v1/Job';",
    "import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';",
    "import type { IPod } from 'kubernetes-models/v1/Pod';",
  ];
  // Beside the package, so that its types are found.
  const folder = join(root, 'dist', 'test', 'plan-folder', 'job-files', 'typed');
  mkdirSync(folder, { recursive: true });
  const complaints = (name: string, more = '') => {
    const file = join(folder, name);
    writeFileSync(file, [...imports, ...texts, more].join('\n'));
    const options = { noEmit: true, strict: true, skipLibCheck: true, types: [] };
    const program = ts.createProgram([file], { ...options, module: ts.ModuleKind.NodeNext });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  };
  t.same(complaints('files.ts'), []);
  const stray = `export const stray: IPod = ${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', spec: { container: [] } })};`;
  t.match(complaints('stray.ts', stray), [/container/]);
});

t.test('a lost node is tried again without counting, wrong input never, the rest so often', async (t) => {
  const { podFailurePolicy, backoffLimitPerIndex } = jobOf(JOB).spec!;
  /** What the first rule that fits says, as Kubernetes asks them; counting is what it does of itself. */
  const action = (status: number, disrupted = false) =>
    podFailurePolicy!.rules.find(
      ({ onExitCodes, onPodConditions }) =>
        onExitCodes?.values.includes(status) ||
        (disrupted && onPodConditions?.some(({ type }) => type === 'DisruptionTarget')),
    )?.action ?? 'Count';
  t.equal(action(137, true), 'Ignore', 'drained, preempted or lost');
  t.equal(action(1), 'Count');
  t.equal(action(137), 'Count', 'for its memory');
  t.equal(action(143), 'Count');
  t.equal(action(2), 'FailIndex');
  t.equal(action(127), 'FailIndex', 'no tutti in the image');
  t.equal(backoffLimitPerIndex, 3);
});

t.test('an index trains its part, from where the plan was copied to', async (t) => {
  const container = (job: Job) => jobOf(job).spec!.template.spec!.containers[0]!;
  t.same(container(JOB).command, [
    'sh',
    '/plans/digits plan/jobs/kubernetes/part.sh',
    '$(JOB_COMPLETION_INDEX)',
  ]);
  t.same(
    container(JOBS['with strange names']!).command![1],
    `/plans/a "plan": $$(HOME) #1 'é'/jobs/kubernetes/part.sh`,
  );
  t.same(container(JOB).resources, { requests: { cpu: 4, memory: '900Mi' }, limits: { memory: '900Mi' } });
  t.notMatch(
    kubernetes.files(JOB).find(({ name }) => name === 'part.sh')!.text,
    /node/,
    'of this machine it knows nothing',
  );
});

t.test('more parts than Kubernetes takes are refused', async (t) => {
  t.throws(() => kubernetes.files({ ...JOB, parts: parts(100_001) }), {
    code: 'ERR_OPTION',
    details: { option: 'membersPerTask' },
  });
});

/** What the API server would say of a job beside its schema. */
function refusals({ metadata, spec }: IJob): string[] {
  const said: string[] = [];
  const demand = (holds: boolean, what: string) => {
    if (!holds) said.push(what);
  };
  const { completions = 0, parallelism = 0, maxFailedIndexes = 0, podFailurePolicy, template } = spec!;
  const { restartPolicy, containers, volumes = [] } = template.spec!;
  demand(spec!.completionMode === 'Indexed', 'backoffLimitPerIndex needs completionMode Indexed');
  demand(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(metadata!.name!), 'name is no DNS label');
  // Pods are called after the job and their index.
  demand(`${metadata!.name}-${completions}`.length <= 63, 'name is too long');
  demand(completions >= 1 && completions <= 100_000, 'completions');
  demand(maxFailedIndexes >= 0 && maxFailedIndexes <= completions, 'maxFailedIndexes is above completions');
  demand(completions <= 10_000 || (parallelism <= 10_000 && maxFailedIndexes <= 10_000), 'too many at once');
  demand(restartPolicy === 'Never', 'podFailurePolicy needs restartPolicy Never');
  const { rules } = podFailurePolicy!;
  demand(rules.length <= 20, 'too many rules');
  for (const { action, onExitCodes, onPodConditions } of rules) {
    demand((onExitCodes === undefined) !== (onPodConditions === undefined), 'a rule has one requirement');
    demand(['FailJob', 'FailIndex', 'Ignore', 'Count'].includes(action), action);
    for (const { type, status } of onPodConditions ?? [])
      demand(type === 'DisruptionTarget' && (status as unknown) === 'True', 'status is the text True');
    if (onExitCodes === undefined) continue;
    const { containerName, operator, values } = onExitCodes;
    demand(
      containers.some(({ name }) => name === containerName),
      'there is no such container',
    );
    demand(operator !== 'In' || !values.includes(0), '0 is no failure');
    demand(
      values.every((value, at) => at === 0 || value > values[at - 1]!),
      'values are not in order',
    );
  }
  for (const { name } of containers.flatMap(({ volumeMounts = [] }) => volumeMounts))
    demand(
      volumes.some((volume) => volume.name === name),
      'there is no such volume',
    );
  return said;
}
