import {words} from './builds.js';
import {matrixDocument} from './data.js';
import {minorOf} from './dotted.js';
import type {ImageRow, RepositoryRow} from './image-row.js';
import {requireText} from './require-text.js';
import {ImageRowSchema, SCHEMAS} from './schemas.js';

/** Something in the data that cannot be right. */
export interface Problem {
  file: string;
  /** The row, by its own name; null for the file as a whole. */
  row: string | null;
  problem: string;
}
export interface ImageFile {
  defaults: Partial<ImageRow>;
  sources: Record<string, string>;
  rows: ImageRow[];
}

/** Checks all files of the matrix: each against its schema, and the rows against one another. */
export function verifyMatrix(): {files: number; rows: number; problems: Problem[]} {
  const repositories = matrixDocument<{rows: RepositoryRow[]}>('repositories').rows;
  const imageFiles = [...new Set(repositories.map(row => `images/${row.file}`))];
  const files = [...Object.keys(SCHEMAS).filter(name => name !== 'images'), ...imageFiles];
  return {
    files: files.length,
    rows: files.reduce((sum, name) => sum + matrixDocument<{rows: unknown[]}>(name).rows.length, 0),
    problems: [
      ...files.flatMap(name => againstSchema(name, matrixDocument(name))),
      ...imageFiles.flatMap(name => imageProblems(name, matrixDocument(name), repositories)),
    ],
  };
}

export function againstSchema(name: string, document: unknown): Problem[] {
  const schema = SCHEMAS[name.startsWith('images/') ? 'images' : name];
  const issues = schema?.safeParse(document).error?.issues ?? [];
  return issues.map(issue => ({file: name, row: issue.path.join('.'), problem: issue.message}));
}

export function imageProblems(
  name: string,
  {defaults, sources, rows}: ImageFile,
  repositories: readonly RepositoryRow[],
): Problem[] {
  const listed = new Set(repositories.filter(row => `images/${row.file}` === name).map(row => row.repository));
  const builds = new Set(matrixDocument<{rows: {id: string}[]}>('framework-builds').rows.map(row => row.id));
  const seen = new Set<string>();
  return rows.flatMap(partial => {
    const row = {...defaults, ...partial};
    const reference = `${row.repo}:${row.tag}`;
    const problems = [
      ...(ImageRowSchema.safeParse(row).error?.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`) ?? []),
      ...(seen.has(reference) ? ['stands twice'] : []),
      ...(listed.has(row.repo) ? [] : ['its repository is not listed for this file']),
      ...words(row.build ?? '').flatMap(id => (builds.has(id) ? [] : [`no build ${id}`])),
      ...row.source.split(' ').flatMap(key => (key === '' || key in sources ? [] : [`no source ${key}`])),
      ...contradictions(row),
    ];
    seen.add(reference);
    return problems.map(problem => ({file: name, row: reference, problem}));
  });
}

/** A tag that names another CUDA than its row, or other GPUs, and a requirement that is not listed. */
function contradictions(row: ImageRow): string[] {
  const named = /(?:^|-)cuda(\d{1,2}\.\d)(?=-|$)/.exec(row.tag)?.[1];
  const own = row.cuda === undefined || named === undefined || minorOf(row.cuda) === named;
  const [cuda = '', arch = '', os = ''] = row.require?.includes('|')
    ? row.require.split('|')
    : [row.cuda, 'amd64', row.os];
  const needsText = row.require === '@' || row.require?.includes('|');
  return [
    ...(row.gpu === false && /(?:^|-)(?:gpu|cuda)/.test(row.tag)
      ? ['the tag says GPU, the row that it is for the CPU']
      : []),
    ...(row.gpu === true && /(?:^|-)rocm/.test(row.tag) ? ["the tag says AMD's GPUs, the row NVIDIA's"] : []),
    ...(own ? [] : [`the tag says CUDA ${named}, the row ${row.cuda}`]),
    ...(needsText && requireText(cuda, arch, os) === null ? [`no requirement ${row.require}`] : []),
  ];
}
