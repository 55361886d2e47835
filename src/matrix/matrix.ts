import type {World} from '../world/world.js';
import {matrixDocument} from './data.js';
import {type ImageFacts, undescribedImage} from './image-facts.js';
import {factsOfRow, type ImageRow, type RepositoryRow} from './image-row.js';
import {overlayRows, readOverlay} from './overlay.js';
import type {Overlay} from './overlay-schema.js';
import {parseReference, repositoryOf} from './reference.js';

export interface Matrix {
  /** The day its facts were last checked, `YYYY-MM-DD`. */
  date: string;
  repositories: ReadonlyMap<string, RepositoryRow>;
  /** What the user's last update found besides. */
  overlay: Overlay | null;
}
interface ImageFile {
  checked: string;
  defaults: Partial<ImageRow>;
  rows: ImageRow[];
}
interface Trap {
  repository: string;
  tag: string;
  why: string;
  source: string;
}

/** Opens the matrix, with nothing but `overlay` beside it. The files of images are read when one of their repositories is asked for. */
export function loadMatrix(overlay: Overlay | null = null): Matrix {
  const {checked, rows} = matrixDocument<{checked: string; rows: RepositoryRow[]}>('repositories');
  return {date: checked, repositories: new Map(rows.map(row => [row.repository, row])), overlay};
}

/** The matrix as this user has it: with what the last `gpudock matrix update` found. Throws where that is no overlay. */
export const openMatrix = async (world: Pick<World, 'env' | 'read'>): Promise<Matrix> =>
  loadMatrix(await readOverlay(world));

/** What the matrix knows of an image; null when no row describes it. */
export function findImage(matrix: Matrix, reference: string): ImageFacts | null {
  const parsed = parseReference(reference);
  const repository = parsed && matrix.repositories.get(repositoryOf(parsed));
  if (!parsed || !repository) return null;
  const {defaults, rows} = fileOf(repository);
  const home = repository.mirrors ?? repository.repository;
  const isNamed = ({tag, digest}: ImageRow): boolean =>
    parsed.digest === null ? tag === (parsed.tag ?? 'latest') : digest === parsed.digest;
  const row = rows.find(row => (row.repo ?? defaults.repo) === home && isNamed(row));
  if (row) return factsOfRow(row, defaults, repository, reference);
  const found = overlayRows(matrix.overlay, repository).find(isNamed);
  return found ? factsOfRow(found, {}, repository, reference) : null;
}

/** An image that no row describes, with the reason when its tag is known not to exist. */
export function unlistedImage(reference: string): ImageFacts {
  const parsed = parseReference(reference);
  if (!parsed) return undescribedImage(reference);
  const repository = repositoryOf(parsed);
  const row = matrixDocument<{rows: RepositoryRow[]}>('repositories').rows.find(row => row.repository === repository);
  const [framework, ...others] = row?.frameworks ?? [];
  const trap = matrixDocument<{rows: Trap[]}>('traps').rows.find(
    row => row.repository === repository && row.tag === (parsed.tag ?? 'latest'),
  );
  return undescribedImage(reference, {
    repository,
    tag: parsed.tag,
    digest: parsed.digest,
    publisher: row?.publisher ?? null,
    framework: framework !== undefined && others.length === 0 ? framework : null,
    missing: trap?.why ?? null,
  });
}

/** All images of the repositories asked for (by default all), named as people write them: without `docker.io/`. */
export function imagesOf(matrix: Matrix, wanted: (row: RepositoryRow) => boolean = () => true): ImageFacts[] {
  return [...matrix.repositories.values()]
    .filter(repository => repository.mirrors === undefined && wanted(repository))
    .flatMap(repository => {
      const {defaults, rows} = fileOf(repository);
      const prefix = repository.repository.replace(/^docker\.io\/(?:library\/)?/, '');
      const named = (row: ImageRow): string => `${prefix}:${row.tag}`;
      const shipped = rows.filter(row => (row.repo ?? defaults.repo) === repository.repository);
      const known = new Set(shipped.map(({tag}) => tag));
      const found = overlayRows(matrix.overlay, repository).filter(({tag}) => !known.has(tag));
      return [
        ...shipped.map(row => factsOfRow(row, defaults, repository, named(row))),
        ...found.map(row => factsOfRow(row, {}, repository, named(row))),
      ];
    });
}

/** Images that need no GPU, for machines without one. */
export const cpuImages = (matrix: Matrix): ImageFacts[] => imagesOf(matrix).filter(image => image.gpu === false);

const fileOf = (repository: RepositoryRow): ImageFile => matrixDocument<ImageFile>(`images/${repository.file}`);
