import type {ImageSize} from '../../matrix/image-facts.js';
import {outcomesOf, type Rule} from '../outcome.js';

const {pass, warn, skip} = outcomesOf('space');

/**
 * Unpacked, images of these frameworks take 2.1 to 2.4 times their compressed size (NVIDIA-Merlin/Merlin: docs/data.json,
 * releases 21.09 to 22.05); while a pull runs both are there.
 */
const UNPACKED = 2.4;
const MIB = 1024 * 1024;

/** Is there room where the engine stores images? Says also what a pull would fetch, and how long that takes. */
export const space: Rule = ({image, host, question}) => {
  const {size, availability} = image;
  if (availability?.status === 'local') return [skip('the engine has the image')];
  if (!size || size.compressed === null) return [skip('the size of the image was not read')];
  const fetched = size.missing ?? size.compressed;
  const needed = Math.ceil((fetched * (1 + UNPACKED)) / MIB);
  const told = `${download(size, size.compressed)}, about ${gigabytes(needed * MIB)} while it is unpacked`;
  if (question.synthetic) return [skip(`${told}; the disk was not part of the question`)];
  const free = host.resources.diskFreeMiB;
  if (free === null) return [skip(`${told}; how much is free where the engine stores images is not known`)];
  if (needed <= free) return [pass(`${told}; ${gigabytes(free * MIB)} are free`)];
  return [warn(`${told}; only ${gigabytes(free * MIB)} are free`, {fix: 'gpudock prune, or docker system df'})];
};

function download({missing, seconds}: ImageSize, compressed: number): string {
  const shared = missing !== null && missing < compressed;
  const what = shared
    ? `${gigabytes(missing)} of ${gigabytes(compressed)} to download, the engine has the rest`
    : `${gigabytes(compressed)} to download`;
  return seconds === null ? what : `${what}, ${time(seconds)} at the rate of the last pull from there`;
}

const time = (seconds: number): string =>
  seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;

const gigabytes = (bytes: number): string =>
  bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
