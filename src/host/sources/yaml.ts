import {parse} from 'yaml';

/** Specifications of eight GPUs with MIG have 100 KiB; a YAML reader takes long over hostile text. */
const LONGEST = 256 * 1024;
/** Anchors and aliases: no tool whose YAML the probe reads writes them, and a few can stand for a text without end. */
const ALIAS = /[\s,[{:-][&*][\w-]/;

/** A YAML or JSON document; null where it is neither, too long, or not what a tool writes. */
export function parseYaml(text: string): unknown {
  if (text.length > LONGEST || ALIAS.test(text)) return null;
  try {
    return parse(text, {logLevel: 'silent'});
  } catch {
    return null;
  }
}
