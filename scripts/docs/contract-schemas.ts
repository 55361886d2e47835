import * as z from 'zod';
import {Bench} from '../../src/contract/bench.js';
import {Explain} from '../../src/contract/explain.js';
import {FailureDocument} from '../../src/contract/failure.js';
import {Host} from '../../src/contract/host.js';
import {Launch} from '../../src/contract/launch.js';
import {Setup} from '../../src/contract/setup.js';
import {Check, Match} from '../../src/contract/verdict.js';

const DOCUMENTS = {
  bench: Bench,
  check: Check,
  explain: Explain,
  failure: FailureDocument,
  host: Host,
  launch: Launch,
  match: Match,
  setup: Setup,
};

/** A JSON Schema for each public document, by its name. */
export const contractSchemas = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(DOCUMENTS).map(([name, schema]) => [name, z.toJSONSchema(schema)]));
