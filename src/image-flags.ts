import * as Flags from '@oclif/core/flags';
import {TARGETS} from './dockerfile/target.js';
import {KEEP} from './environment/keep.js';

/** What decides which image a project gets. */
export const imageFlags = {
  gpus: Flags.string({
    description: 'all, none, auto, a count, or indexes and UUIDs (device=0 is one)',
    helpValue: '0,1',
  }),
  base: Flags.string({description: 'base image, or bootstrap to build one from Debian packages', helpValue: 'IMAGE'}),
  keep: Flags.option({
    options: KEEP,
    description:
      "where base and the project's files name two versions of the framework: whose stays; default: asks at a terminal",
  })(),
};

/** What the image is for. */
export const targetFlag = {
  target: Flags.option({
    options: TARGETS,
    description: 'what it is for: JupyterLab, the project as a web application, as a job, or work on it with compilers',
    default: 'notebook',
  })(),
};

/** For commands that can print their plan in place of carrying it out. */
export const planFlags = {
  'dry-run': Flags.boolean({description: 'print the plan and change nothing'}),
  from: Flags.string({
    description: 'with --dry-run: plan for a recorded machine',
    helpValue: 'DIR',
    dependsOn: ['dry-run'],
  }),
};
