import {build} from './build.js';
import {client} from './client.js';
import {collective} from './collective.js';
import {containerStart} from './container-start.js';
import {driver} from './driver.js';
import {engine} from './engine.js';
import type {KnownFailure, Topic} from './failure.js';
import {model} from './model.js';
import {program} from './program.js';
import {python} from './python.js';
import {registry} from './registry.js';

export const TOPICS: readonly Topic[] = [
  driver,
  containerStart,
  program,
  collective,
  python,
  model,
  engine,
  client,
  registry,
  build,
];

export const KNOWN_FAILURES: readonly KnownFailure[] = TOPICS.flatMap(({failures}) => failures);
