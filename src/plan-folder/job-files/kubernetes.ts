// Job files for Kubernetes: an Indexed Job whose indexes are the parts, and a volume that all its pods share.
// Source: Kubernetes' API, batch/v1 Job: completionMode Indexed, backoffLimitPerIndex and maxFailedIndexes (stable since
// 1.33, by default since 1.29), podFailurePolicy (stable since 1.31).

import { basename } from 'node:path';
import { failOption } from '../../errors.js';
import { quoted } from '../../files/shell-word.js';
import type { Job, Scheduler } from './job.js';
import { EXIT, partFiles } from './part-script.js';

/** What the API server takes of indexes with a back-off of their own, and of those at once among many. */
const MOST_PARTS = 100_000;
const MOST_AT_ONCE = 10_000;
/** Pods at once where nobody says how many; what there is no room for waits. */
const AT_ONCE = 64;
/** How often a part is tried again that ended with what is worth another try. */
const BACKOFF = 3;
/** As long as a pod has between SIGTERM and SIGKILL. */
const GRACE_S = 30;
/** The user of the images of Node.js. */
const USER = 1000;
const MIB = 2 ** 20;
/** Far more than most plans and their results; a claim that is too large costs nothing where storage is shared. */
const STORAGE = '10Gi';

export const kubernetes: Scheduler = {
  says: 'a Kubernetes Indexed Job',
  threads: 4,
  containers: true,
  files(job) {
    if (job.parts.length > MOST_PARTS)
      failOption('membersPerTask', `so many that there are at most ${MOST_PARTS} tasks`, job.parts.length);
    return [
      ...partFiles({ ...job, program: null }),
      { name: 'volume.yaml', text: volume(job), runs: false },
      { name: 'job.yaml', text: indexedJob(job), runs: false },
    ];
  },
  commands: ({ name, folder }, files) => [
    `kubectl apply -f ${quoted(`${files}/volume.yaml`)}`,
    `kubectl wait --for=condition=Ready --timeout=10m pod/${name}-files`,
    `kubectl cp ${quoted(folder)} ${name}-files:/plans/`,
    `kubectl apply -f ${quoted(`${files}/job.yaml`)}`,
    `kubectl wait --for=condition=Complete --timeout=24h job/${name}`,
    `kubectl cp ${quoted(`${name}-files:/plans/${basename(folder)}/results`)} ${quoted(`${folder}/results`)}`,
  ],
};

/** Where pods have the plan; Kubernetes takes $$ for $ in what it runs. */
function mountedPlan(folder: string): string {
  return `/plans/${basename(folder).replaceAll('$', '$$$$')}`;
}

/** Text as YAML has it: JSON's strings are YAML's. */
const yaml = (text: string) => JSON.stringify(text);

/** Pods may do no more than they need: what the restricted pod security standard asks for. */
function security(indent: string): string {
  return [
    'securityContext:',
    '  runAsNonRoot: true',
    `  runAsUser: ${USER}`,
    `  runAsGroup: ${USER}`,
    '  # So that they may write to the volume.',
    `  fsGroup: ${USER}`,
    '  seccompProfile:',
    '    type: RuntimeDefault',
  ].join(`\n${indent}`);
}

function containerSecurity(indent: string): string {
  return ['securityContext:', '  allowPrivilegeEscalation: false', '  capabilities:', '    drop: [ALL]'].join(
    `\n${indent}`,
  );
}

function plansMount(indent: string): string {
  return ['volumeMounts:', '  - name: plans', '    mountPath: /plans'].join(`\n${indent}`);
}

function plansVolume(claim: string, indent: string): string {
  const volume = ['  - name: plans', '    persistentVolumeClaim:', `      claimName: ${claim}`];
  return ['volumes:', ...volume].join(`\n${indent}`);
}

function indexedJob({ name, folder, parts, threads, atOnce, memoryBytes, image }: Job): string {
  const memory = memoryBytes === null ? null : `${Math.ceil(memoryBytes / MIB)}Mi`;
  const failed = Math.min(MOST_AT_ONCE, Math.ceil(parts.length / 10));
  const parallelism = Math.min(parts.length, atOnce ?? AT_ONCE, MOST_AT_ONCE);
  return `# Trains the plan's parts, an index each: kubectl apply -f job.yaml, once the plan is on the volume (volume.yaml). To run it
# again, for what is missing: kubectl replace --force -f job.yaml. What is trained is not trained again.
apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: tutti
    app.kubernetes.io/instance: ${name}
spec:
  completionMode: Indexed
  completions: ${parts.length}
  parallelism: ${parallelism}
  # A part that ended with what is worth another try, or was killed, has ${BACKOFF} more, each after a longer wait.
  backoffLimitPerIndex: ${BACKOFF}
  # The job ends early where so many parts failed that something common is wrong.
  maxFailedIndexes: ${failed}
  podFailurePolicy:
    rules:
      # The node was lost or drained, or others went first: tried again, and not counted.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      # Wrong input, or no tutti in the image: the same again, wherever it runs.
      - action: FailIndex
        onExitCodes:
          containerName: members
          operator: In
          values: [${[EXIT.wrong, ...EXIT.noProgram].join(', ')}]
      # Killed, mostly for memory (137), stopped (143), or something of the machine (1): counted, and tried again.
      - action: Count
        onExitCodes:
          containerName: members
          operator: In
          values: [${EXIT.again}, 137, 143]
  template:
    metadata:
      labels:
        app.kubernetes.io/name: tutti
        app.kubernetes.io/instance: ${name}
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: ${GRACE_S}
      automountServiceAccountToken: false
      ${security('      ')}
      containers:
        - name: members
          image: ${yaml(image ?? '')}
          command: [sh, ${yaml(`${mountedPlan(folder)}/jobs/kubernetes/part.sh`)}, $(JOB_COMPLETION_INDEX)]
          ${containerSecurity('          ')}
          resources:
            requests:
              cpu: ${threads}${memory === null ? '' : `\n              memory: ${memory}\n            limits:\n              memory: ${memory}`}
          ${plansMount('          ')}
      ${plansVolume(name, '      ')}
`;
}

function volume({ name, image }: Job): string {
  return `# The volume that all pods share, and a pod to copy the plan there and its results back: kubectl apply -f volume.yaml. Where
# there is a volume already, put its name in job.yaml (claimName) and leave this out. When all is collected:
# kubectl delete -f job.yaml -f volume.yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: ${name}
spec:
  # Pods on several nodes write to it. A cluster of one node has ReadWriteOnce, which is enough there.
  accessModes: [ReadWriteMany]
  resources:
    requests:
      storage: ${STORAGE}
---
apiVersion: v1
kind: Pod
metadata:
  name: ${name}-files
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 1
  ${security('  ')}
  containers:
    - name: files
      image: ${yaml(image ?? '')}
      command: [sleep, infinity]
      ${containerSecurity('      ')}
      ${plansMount('      ')}
  ${plansVolume(name, '  ')}
`;
}
