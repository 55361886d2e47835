import {satisfies} from '@renovatebot/pep440';
import type {FrameworkWish} from '../environment/framework.js';
import {Failure} from '../failure.js';
import type {ImageFacts} from '../matrix/image-facts.js';

/**
 * The base that gpudock.yaml or `--base` names against the version that the project's files ask for: both cannot be had,
 * and which one is meant only a person knows. Null when they agree, or when the image's version is not known.
 */
export function contradiction(wish: FrameworkWish | null, image: ImageFacts | null): Failure | null {
  if (wish === null || wish.specifier === '' || image?.framework !== wish.name || image.version === null) return null;
  if (satisfies(image.version, wish.specifier)) return null;
  const wanted = `${wish.name}${wish.specifier}`;
  return new Failure({
    code: 'framework_contradiction',
    message: `${wish.from} asks for ${wanted}, and ${image.reference} has ${image.version}`,
    cause: 'the base brings the framework: its version would be replaced, or the packages would not fit it',
    fix: `--keep image leaves it to the image; --keep files takes an image that has the version; or change ${wish.from}`,
  });
}
