// What a process for a user's code is there for, by its role.

import type { Asked } from '../engines/learner/thread-messages.js';
import type { Request } from '../engines/user-modules/running-module.js';
import { Parent } from '../processes/parent.js';
import type { Role } from '../processes/protocol.js';

const ROLES: Readonly<Record<Role, (parent: Parent) => Promise<void>>> = {
  jobs: async (parent) => (await import('./serve-jobs.js')).serveJobs(parent),
  learner: async (parent) => {
    const { serveLearner } = await import('../engines/learner/serve-learner.js');
    serveLearner({
      listen: (onRequest) => parent.listen((message) => onRequest(message as Request<Asked>)),
      reply: (reply) => parent.say(reply),
      keep: (on) => parent.keep(on),
    });
  },
  trial: async (parent) => (await import('../engines/serve-trials.js')).serveTrials(parent),
};

export async function serveProcess(role: string): Promise<void> {
  const parent = await Parent.meet();
  await ROLES[role as Role](parent);
}
