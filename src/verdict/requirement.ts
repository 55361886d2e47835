/**
 * The language of `NVIDIA_REQUIRE_*`, as libnvidia-container evaluates it (src/cli/dsl.c, src/cli/configure.c): a space
 * joins alternatives, a comma joins conditions; names and words ignore case; what the host cannot tell counts as true;
 * an expression that cannot be read ends the evaluation, unless an earlier alternative already held.
 */
export interface RequirementHost {
  /** Each null where NVML does not tell it. */
  cuda: string | null;
  driver: string | null;
  arch: string | null;
  brand: string | null;
}

export type RequirementAnswer = 'met' | 'unmet' | 'invalid';

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
const COMPARISONS: readonly Comparison[] = ['=', '!=', '<', '<=', '>', '>='];
/** A condition that fails and is as long as this when printed is refused as invalid: the evaluator's own buffer. */
const EXPRESSION_LIMIT = 128;
const UINTMAX = 2n ** 64n - 1n;

export function evaluateRequirement(text: string, host: RequirementHost): RequirementAnswer {
  let answer: RequirementAnswer = 'met';
  for (const alternative of text.split(' ')) {
    if (alternative === '') continue;
    let held = true;
    for (const condition of alternative.split(',')) {
      if (condition === '') continue;
      answer = evaluateCondition(condition, host);
      if (answer === 'invalid') return answer;
      held = answer === 'met';
      if (!held) break;
    }
    if (held) return answer;
  }
  return answer;
}

function evaluateCondition(condition: string, host: RequirementHost): RequirementAnswer {
  const parsed = parseCondition(condition);
  if (!parsed) return 'invalid';
  const {name, comparison, value} = parsed;
  const known = host[name];
  const holds = known === null || (name === 'brand' ? compareWords : compareNumbers)(known, comparison, value);
  if (holds === null) return 'invalid';
  if (!holds && Buffer.byteLength(`${name} ${comparison} ${value}`) >= EXPRESSION_LIMIT) return 'invalid';
  return holds ? 'met' : 'unmet';
}

function parseCondition(text: string): {name: keyof RequirementHost; comparison: Comparison; value: string} | null {
  const start = text.search(/[<>=!]/);
  if (start <= 0) return null;
  let end = start;
  while (end < text.length && '<>=!'.includes(text.charAt(end))) end++;
  const name = asciiLower(text.slice(0, start));
  const sign = text.slice(start, end);
  // The sign need only be the beginning of a comparison: a lone "!" reads as "!=".
  const comparison = COMPARISONS.find(candidate => candidate.startsWith(sign));
  const value = text.slice(end);
  if (!isName(name) || !comparison || value === '') return null;
  return {name, comparison, value};
}

const isName = (name: string): name is keyof RequirementHost => ['cuda', 'driver', 'arch', 'brand'].includes(name);

/** strcasecmp knows ASCII only: no other letter equals one of it. */
const asciiLower = (text: string): string => text.replace(/[A-Z]/g, letter => letter.toLowerCase());

/** Null where words cannot be compared so. */
function compareWords(left: string, comparison: Comparison, right: string): boolean | null {
  const same = asciiLower(left) === asciiLower(right);
  return comparison === '=' ? same : comparison === '!=' ? !same : null;
}

/** Null where either side is no version. */
function compareNumbers(left: string, comparison: Comparison, right: string): boolean | null {
  const order = orderOf(left, right);
  if (order === null) return null;
  const holds: Record<Comparison, boolean> = {
    '=': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return holds[comparison];
}

/** Numbers between dots, several dots counting as one; trailing zeros and dots say nothing. */
function orderOf(left: string, right: string): number | null {
  if (!/^[\d.]*$/.test(left) || !/^[\d.]*$/.test(right)) return null;
  const [a, b] = [left.split(/\.+/), right.split(/\.+/)];
  for (let part = 0; ; part++) {
    const [l, r] = [a[part], b[part]];
    const [leftDone, rightDone] = [isDone(a, part), isDone(b, part)];
    if (leftDone || rightDone) return Number(hasMore(a, part)) - Number(hasMore(b, part));
    if (!l || !r) return null;
    const [n, m] = [numberOf(l), numberOf(r)];
    if (n === null || m === null) return null;
    if (n !== m) return n < m ? -1 : 1;
  }
}

/** Null from 64 bits on, where the evaluator's own numbers end. */
function numberOf(digits: string): bigint | null {
  const significant = digits.replace(/^0+/, '');
  if (significant.length > 20) return null;
  const number = BigInt(significant);
  return number < UINTMAX ? number : null;
}

/** A dot at the end leaves an empty last part, which is no part. */
const isDone = (parts: string[], from: number): boolean =>
  from >= parts.length || (from === parts.length - 1 && parts[from] === '');

const hasMore = (parts: string[], from: number): boolean => parts.slice(from).some(part => /[1-9]/.test(part));

/** The host as NVML tells it, as far as this program knows it; the brand is tried for every value it may have. */
export function evaluateForBrands(
  text: string,
  host: Omit<RequirementHost, 'brand'>,
  brands: readonly string[],
): RequirementAnswer | 'unknown' {
  const answers = new Set(brands.map(brand => evaluateRequirement(text, {...host, brand})));
  const [only] = answers;
  return answers.size === 1 && only ? only : 'unknown';
}
