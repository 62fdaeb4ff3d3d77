import t from 'tap';
import { type JobOptions, resolveJobOptions } from '../../../src/plan-folder/job-files/job-options.js';

t.test('each scheduler has its threads, and tasks take ten minutes', async (t) => {
  t.same(resolveJobOptions({ scheduler: 'slurm' }), {
    ...{ scheduler: 'slurm', taskMs: 600_000, membersPerTask: null, threads: 4, atOnce: null, image: null },
  });
  t.equal(resolveJobOptions({ scheduler: 'shell' }).threads, 1);
  t.match(resolveJobOptions({ scheduler: 'shell', membersPerTask: 5 }), { taskMs: null, membersPerTask: 5 });
});

const REFUSED: Readonly<Record<string, [options: object, option: string]>> = {
  'an unknown scheduler': [{ scheduler: 'cron' }, 'for'],
  'a name that every object has': [{ scheduler: 'toString' }, 'for'],
  'no minutes': [{ scheduler: 'shell', taskMinutes: 0 }, 'taskMinutes'],
  'half a member': [{ scheduler: 'shell', membersPerTask: 0.5 }, 'membersPerTask'],
  'minutes of counted members': [{ scheduler: 'shell', membersPerTask: 5, taskMinutes: 5 }, 'taskMinutes'],
  'no threads': [{ scheduler: 'slurm', taskThreads: 0 }, 'taskThreads'],
  'none at once': [{ scheduler: 'slurm', atOnce: 0 }, 'atOnce'],
  'an image without containers': [{ scheduler: 'slurm', containerImage: 'a' }, 'containerImage'],
  'containers without an image': [{ scheduler: 'kubernetes' }, 'containerImage'],
  'an image of two words': [{ scheduler: 'kubernetes', containerImage: 'a b' }, 'containerImage'],
};

for (const [name, [options, option]] of Object.entries(REFUSED)) {
  t.test(`${name}: refused by the option’s name`, async (t) => {
    t.throws(() => resolveJobOptions(options as JobOptions), { code: 'ERR_OPTION', details: { option } });
  });
}
