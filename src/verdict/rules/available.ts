import {outcomesOf, type Rule} from '../outcome.js';

const {warn, skip} = outcomesOf('available');

/** Is the tag known to exist? Without asking its registry only how the matrix knows it can be said. */
export const available: Rule = ({image}) => {
  if (image.missing) return [warn(`there is no such tag: ${image.missing}`)];
  if (image.evidence === 'observed-then-removed') return [warn('the tag has gone from its registry')];
  return [skip(`the registry was not asked${image.evidence ? `; the tag is known as ${image.evidence}` : ''}`)];
};
