import * as z from 'zod';
import {parseSmiList} from '../host/sources/smi-list.js';
import {LABEL} from '../labels.js';
import {imagesOf, loadMatrix, openMatrix} from '../matrix/matrix.js';
import type {World} from '../world/world.js';
import type {Candidate, Source} from './question.js';

type Asked = Pick<World, 'engine' | 'run' | 'env' | 'read'>;

/** Milliseconds that a person waits at the Tab key. */
const PATIENCE = 2_000;

const Containers = z.array(
  z.object({Names: z.array(z.string()), Status: z.string(), Labels: z.record(z.string(), z.string()).nullish()}),
);
const Images = z.array(z.object({RepoTags: z.array(z.string()).nullish()}));

/** The names that this machine knows. One that does not answer has none: completion is no place for an error. */
export async function valuesFrom(world: Asked, source: Source, typed: string): Promise<Candidate[]> {
  if (source === 'containers') return containers(world);
  if (source === 'places') return (await containers(world)).map(({value, about}) => ({value: `${value}:`, about}));
  if (source === 'images') return images(world, typed);
  if (source === 'gpus') return gpus(world);
  return [];
}

async function containers(world: Asked): Promise<Candidate[]> {
  const filters = encodeURIComponent(JSON.stringify({label: [LABEL.project]}));
  const answer = await world.engine(`/containers/json?all=1&filters=${filters}`, PATIENCE);
  const listed = answer.status === 'ok' ? (Containers.safeParse(answer.body).data ?? []) : [];
  return listed.flatMap(({Names, Status, Labels}) =>
    Names.map(name => ({
      value: name.replace(/^\//, ''),
      about: [Labels?.[LABEL.purpose], Status].filter(Boolean).join(', '),
    })),
  );
}

/** What the engine holds; once something is typed, what the matrix knows: that is too much for an empty word. */
async function images(world: Asked, typed: string): Promise<Candidate[]> {
  const answer = await world.engine('/images/json', PATIENCE);
  const listed = answer.status === 'ok' ? (Images.safeParse(answer.body).data ?? []) : [];
  const here = listed.flatMap(({RepoTags}) => RepoTags ?? []).filter(tag => !tag.includes('<none>'));
  const matrix = await openMatrix(world).catch(() => loadMatrix());
  const known = typed === '' ? [] : imagesOf(matrix).map(({reference}) => reference);
  return [
    ...here.map(value => ({value, about: 'here'})),
    ...known.filter(value => !here.includes(value)).map(value => ({value, about: 'known'})),
  ];
}

async function gpus(world: Asked): Promise<Candidate[]> {
  const fixed = [
    {value: 'all', about: 'every GPU'},
    {value: 'auto', about: 'the one that is most free'},
    {value: 'none', about: 'the CPU alone'},
  ];
  const list = await world.run({program: 'nvidia-smi', args: ['-L'], timeout: PATIENCE});
  const found = list.status === 'ran' ? (parseSmiList(list.stdout).gpus ?? []) : [];
  return [
    ...fixed,
    ...found.flatMap(({index, uuid, name, migDevices}) => [
      ...(index === null || index === undefined ? [] : [{value: String(index), about: name ?? ''}]),
      ...(uuid === null || uuid === undefined ? [] : [{value: uuid, about: name ?? ''}]),
      ...(migDevices ?? []).flatMap(device =>
        device.uuid === null ? [] : [{value: device.uuid, about: device.profile ?? 'MIG'}],
      ),
    ]),
  ];
}
