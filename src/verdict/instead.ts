import type {Host} from '../contract/host.js';
import type {Match} from '../contract/verdict.js';
import type {ImageFacts} from '../matrix/image-facts.js';
import {match} from './match.js';
import type {Question} from './situation.js';
import {isWished, type Wish} from './wish.js';

/** Where nothing that was asked for runs: of each framework alone the newest image that does, in whatever version. */
export function insteadOf(
  host: Host,
  images: readonly ImageFacts[],
  wish: Wish,
  question: Question,
): NonNullable<Match['instead']> {
  const frameworks = [...new Set(wish.specs.map(({framework}) => framework))];
  return frameworks.flatMap(framework => {
    const alone = {...wish, specs: [{framework, accepts: null}]};
    const own = images.filter(image => isWished(image, alone));
    const [best] = match(host, own, question, 1).candidates;
    return best?.verdict === 'runs' ? [{framework, version: best.version, image: best.image}] : [];
  });
}
