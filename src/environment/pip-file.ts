import {parse} from 'ini';
import * as z from 'zod';

const PipSection = z.object({
  'index-url': z.string().optional(),
  'extra-index-url': z.string().optional(),
  'trusted-host': z.string().optional(),
});
export type PipSection = z.infer<typeof PipSection>;

const PipFile = z.object({global: PipSection.optional(), install: PipSection.optional()});

/** What a file of pip's settings says for an installation (pip documentation, "Configuration"); nothing where it is not one. */
export function pipSection(text: string): PipSection {
  const content = PipFile.safeParse(parse(text));
  return content.success ? {...content.data.global, ...content.data.install} : {};
}
