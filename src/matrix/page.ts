import type {Architecture} from './architecture.js';
import type {CudaRelease, MajorFloor} from './cuda-release.js';
import {matrixDocument} from './data.js';
import {minorOf} from './dotted.js';
import type {DriverBranch} from './driver-branch.js';
import type {ImageFacts} from './image-facts.js';
import {imagesOf, loadMatrix} from './matrix.js';

/** A table of the matrix as people read it. */
export interface Section {
  title: string;
  intro: string;
  heading: readonly string[];
  rows: readonly (readonly string[])[];
}

const text = (value: string | number | null | undefined): string => (value ?? '–').toString();
const rowsOf = <Row>(name: string): Row[] => matrixDocument<{rows: Row[]}>(name).rows;

/** What `matrix show` prints and docs/compatibility.md holds, in the order a person asks: driver, GPU, image. */
export function sections(): Section[] {
  return [drivers(), toolkits(), majors(), gpus(), builds(), repositories()];
}

function drivers(): Section {
  return {
    title: 'Driver branches',
    intro: 'The newest CUDA each driver branch reports. Windows numbers count for WSL2.',
    heading: ['branch', 'CUDA', 'kind', 'end of life', 'Windows numbers'],
    rows: rowsOf<DriverBranch>('driver-branches').map(row => [
      text(row.branch),
      row.max_cuda + (row.observed ? '' : ' (derived)'),
      text(row.kind),
      text(row.eol),
      row.windows ? row.windows.join(' to ') : '–',
    ]),
  };
}

function toolkits(): Section {
  return {
    title: 'CUDA toolkits',
    intro: 'The lowest driver that carries all of a toolkit.',
    heading: ['CUDA', 'Linux driver', 'Windows driver'],
    rows: rowsOf<CudaRelease>('cuda-releases').map(row => [
      row.cuda,
      row.linux_min ?? (row.branch_min ? `R${row.branch_min}` : '–'),
      text(row.windows_min),
    ]),
  };
}

function majors(): Section {
  return {
    title: 'Minor-version compatibility',
    intro: 'From this driver on programs of any toolkit of the major run, without compiling PTX.',
    heading: ['CUDA', 'Linux driver', 'Windows driver'],
    rows: rowsOf<MajorFloor>('minor-version').map(row => [`${row.major}.x`, row.linux_min, text(row.windows_min)]),
  };
}

function gpus(): Section {
  const names = rowsOf<{cc: string; names: string[]}>('gpus');
  return {
    title: 'GPUs',
    intro: 'Compute capability, the toolkits that compile for it and the driver branches that serve it.',
    heading: ['capability', 'architecture', 'toolkits', 'driver branches', 'for example'],
    rows: rowsOf<Architecture>('architectures').map(row => [
      row.cc,
      row.architecture,
      `${row.first_toolkit} to ${row.last_toolkit ?? 'today'}`,
      row.tegra ? 'JetPack' : `${minorOf(row.first_driver) ?? text(row.first_driver)} to ${row.last_branch ?? 'today'}`,
      names
        .filter(list => list.cc === row.cc)
        .flatMap(list => list.names)
        .slice(0, 4)
        .join(', '),
    ]),
  };
}

function builds(): Section {
  type Build = {framework: string; version: string; cuda: string; sass: string; ptx: string | null; inferred?: boolean};
  return {
    title: 'What frameworks were compiled for',
    intro:
      'Machine code by compute capability, and embedded PTX. "inferred": no build file of this very build was found.',
    heading: ['framework', 'version', 'CUDA', 'machine code', 'PTX', ''],
    rows: rowsOf<Build>('framework-builds').map(row => [
      row.framework,
      row.version,
      row.cuda,
      row.sass,
      row.ptx === '' ? 'none' : text(row.ptx),
      row.inferred ? 'inferred' : '',
    ]),
  };
}

function repositories(): Section {
  const matrix = loadMatrix();
  const images = imagesOf(matrix);
  return {
    title: 'Images',
    intro: 'The repositories whose tags the matrix describes.',
    heading: ['repository', 'publisher', 'tags', 'CUDA'],
    rows: [...matrix.repositories.values()].map(({repository, publisher, mirrors}) => {
      const own = images.filter(image => image.repository === repository);
      return [repository, publisher, mirrors ? `those of ${mirrors}` : text(own.length), span(own)];
    }),
  };
}

function span(images: readonly ImageFacts[]): string {
  const found = images.flatMap(image => image.cuda.map(minorOf)).filter(cuda => cuda !== null);
  const sorted = [...new Set(found)].sort((a, b) => Number(a) - Number(b));
  return sorted.length > 0 ? `${sorted[0]} to ${sorted.at(-1)}` : '–';
}

/** docs/compatibility.md. */
export function compatibilityPage(): string {
  const parts = sections().map(({title, intro, heading, rows}) => {
    const lines = [heading, heading.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`);
    return `## ${title}\n\n${intro}\n\n${lines.join('\n')}\n`;
  });
  const about = `The compatibility matrix as of ${loadMatrix().date}, made from \`compat-matrix/\` by \`npx tsx scripts/docs.ts\`. Every row has its source there. "–" is not known.`;
  return `# Compatibility\n\n${about}\n\n${parts.join('\n')}`;
}
