import {existsSync, readFileSync} from 'node:fs';
import * as z from 'zod';

const Document = z.object({schema: z.string().optional(), error: z.unknown().optional()});

/** What is wrong with the text that a command printed under --json: it must be one document of a published schema. */
export function unpublished(stdout: string): string | null {
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    return `it is no JSON: ${stdout.slice(0, 500)}`;
  }
  const {data} = Document.safeParse(document);
  const name = data?.error === undefined ? /^gpudock\/([a-z-]+)\/\d+$/.exec(data?.schema ?? '')?.[1] : 'failure';
  const file = `schemas/${name}.json`;
  if (name === undefined || !existsSync(file)) return `schemas/ publishes nothing for ${data?.schema}`;
  const {error} = z.fromJSONSchema(JSON.parse(readFileSync(file, 'utf8'))).safeParse(document);
  return error === undefined ? null : `not as ${file} has it: ${z.prettifyError(error)}`;
}
