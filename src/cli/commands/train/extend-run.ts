// What `tutti extend` does once its options are settled: load the ensemble and its rows, train, save, measure, print.

import { TuttiError } from '../../../errors.js';
import { createPool } from '../../../pool/pool.js';
import { checkOutputBesideModules, loadForRawRows } from '../../files/input-files.js';
import { trainingRowsOf } from '../../files/training-part.js';
import {
  aggregatorOf,
  checkAggregator,
  checkClip,
  hasVariances,
} from '../../options/averaging-flags.js';
import { readTable } from '../../options/data-flags.js';
import { intervalsOf } from '../../options/figure-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import { threadsFor } from '../../options/train-settings.js';
import { endWithProcess } from '../../terminal/ending.js';
import { reportRun } from './report-run.js';
import type { ExtensionRequest, Shown, StartExtension } from './requests.js';
import { trainAndSave } from './train-and-save.js';
import { keptJson } from './train-text.js';
