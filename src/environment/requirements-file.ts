import {parseRequirement, type Requirement} from './requirement.js';

/** What a pip requirements file says, line by line. */
export interface RequirementsFile {
  requirements: Requirement[];
  /** Paths named by `-r`, relative to this file. */
  includes: string[];
  /** Paths named by `-c`, relative to this file. */
  constraints: string[];
  /** Lines that need files of this machine (`-e .`, `./pkg`, wheels, folders of them): `requirements.txt:3`. */
  local: {text: string; from: string}[];
  /** Lines that are nothing pip knows. */
  unreadable: {text: string; from: string}[];
}

const OPTION_WITH_PATH = /^(-r|--requirement|-c|--constraint)\s*=?(.+)$/s;
const LOCAL =
  /^(?:-e\b|--editable\b|\.{0,2}\/|\.$|\.\[|file:|(?:-f|--find-links)[\s=]+(?!https?:))|@\s*file:|^(?!.*:\/\/).*\.(?:whl|tar\.gz|zip)$/;

/** Reads a requirements file (pip's format: comments, continued lines, options). Never throws. */
export function parseRequirementsFile(text: string, file: string): RequirementsFile {
  const result: RequirementsFile = {requirements: [], includes: [], constraints: [], local: [], unreadable: []};
  for (const {content, number} of logicalLines(text)) readLine(content, `${file}:${number}`, result);
  return result;
}

/** Where requirements of these names stand: numbers of the first and the last line of each. */
export const linesOf = (text: string, names: readonly string[]): {first: number; last: number}[] =>
  logicalLines(text).flatMap(({content, number, last}) => {
    const requirement = parseRequirement(withoutOptions(content), '');
    return requirement !== null && names.includes(requirement.name) ? [{first: number, last}] : [];
  });

const withoutOptions = (content: string): string =>
  content.replace(/\s--(?:hash|config-settings|global-option)\b.*$/s, '');

function readLine(content: string, from: string, into: RequirementsFile): void {
  const option = OPTION_WITH_PATH.exec(content);
  if (option !== null) {
    const [, flag = '', path = ''] = option;
    (flag === '-r' || flag === '--requirement' ? into.includes : into.constraints).push(path.trim());
    return;
  }
  if (LOCAL.test(content)) into.local.push({text: content, from});
  else if (/^(?:git|hg|svn|bzr)\+|^https?:/.test(content)) return;
  else if (content.startsWith('-')) return;
  else {
    const requirement = parseRequirement(withoutOptions(content), from);
    if (requirement === null) into.unreadable.push({text: content, from});
    else into.requirements.push(requirement);
  }
}

/** Joins lines that end in a backslash and drops comments, keeping the number of the first line. */
function logicalLines(text: string): {content: string; number: number; last: number}[] {
  const lines: {content: string; number: number; last: number}[] = [];
  let parts: string[] = [];
  const close = (number: number): void => {
    const content = parts.join(' ').trim();
    if (content !== '') lines.push({content, number: number - parts.length + 1, last: number});
    parts = [];
  };
  const physical = text.split(/\r\n|\n|\r/);
  physical.forEach((raw, index) => {
    const line = raw.replace(/(^|\s)#.*$/s, '').trimEnd();
    const continued = line.endsWith('\\');
    parts.push((continued ? line.slice(0, -1) : line).trim());
    if (!continued || index === physical.length - 1) close(index + 1);
  });
  return lines;
}
