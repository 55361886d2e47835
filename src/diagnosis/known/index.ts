import {apt} from './apt.js';
import {build} from './build.js';
import {cdi} from './cdi.js';
import {client} from './client.js';
import {collective} from './collective.js';
import {containerStart} from './container-start.js';
import {driver} from './driver.js';
import {engine} from './engine.js';
import type {KnownFailure, Topic} from './failure.js';
import {graphics} from './graphics.js';
import {libraries} from './libraries.js';
import {memory} from './memory.js';
import {model} from './model.js';
import {namespaces} from './namespaces.js';
import {program} from './program.js';
import {python} from './python.js';
import {pythonPackages} from './python-packages.js';
import {registry} from './registry.js';

export const TOPICS: readonly Topic[] = [
  driver,
  containerStart,
  cdi,
  namespaces,
  program,
  memory,
  libraries,
  graphics,
  collective,
  python,
  model,
  engine,
  client,
  registry,
  apt,
  pythonPackages,
  build,
];

export const KNOWN_FAILURES: readonly KnownFailure[] = TOPICS.flatMap(({failures}) => failures);
