import type {ImageFacts} from '../../matrix/image-facts.js';
import {outcomesOf, type Rule} from '../outcome.js';

const {pass, warn, skip} = outcomesOf('available');

/** Does the tag exist? Its registry or the engine tells; without them only how the matrix knows it can be said. */
export const available: Rule = ({image}) => {
  const {availability: said, missing} = image;
  if (said?.status === 'local') return [pass('the engine has it')];
  if (said?.status === 'offered') return [pass(`its registry offers it${image.digest ? ` (${image.digest})` : ''}`)];
  if (said?.status === 'missing')
    return [warn(`its registry has no such image: ${missing ?? said.detail ?? 'not found'}`)];
  if (said?.status === 'refused') return [warn(`its registry refuses it: ${said.detail}`, {fix: 'docker login'})];
  if (said?.status === 'recalled') return [skip(`the registry was not asked; ${recalled(said.detail)}`)];
  if (missing) return [warn(`there is no such tag: ${missing}`)];
  if (image.evidence === 'observed-then-removed') return [warn('the tag has gone from its registry')];
  return [skip(`${said ? `its registry did not tell (${said.detail})` : 'the registry was not asked'}${known(image)}`)];
};

const recalled = (day: string | null): string => `what it said ${day === null ? 'before' : `on ${day}`} stands here`;

const known = ({evidence}: ImageFacts): string => (evidence ? `; the tag is known as ${evidence}` : '');
