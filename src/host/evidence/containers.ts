import * as z from 'zod';
import type {ContainerEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';

type Asking = Pick<World, 'engine'>;

/** More are not asked. */
const MOST_CONTAINERS = 50;
const LONGEST_ANSWER = 2_000;

/** Of the engine's answers only what the doctor uses: a container's environment and command line may hold secrets. */
const Listing = z.array(z.object({Id: z.string().regex(/^[0-9a-f]{12,64}$/)}));
const Binding = z.object({HostIp: z.string(), HostPort: z.string()});
const Container = z.object({
  Id: z.string(),
  Name: z.string(),
  HostConfig: z.object({
    Runtime: z.string().nullish(),
    DeviceRequests: z
      .array(
        z.object({
          Driver: z.string().nullish(),
          DeviceIDs: z.array(z.string()).nullish(),
          Capabilities: z.array(z.array(z.string())).nullish(),
        }),
      )
      .nullish(),
  }),
  NetworkSettings: z.object({Ports: z.record(z.string(), z.array(Binding).nullable()).nullish()}),
});
type Container = z.infer<typeof Container>;

/** The engine's answer to a question about containers, without what is nobody else's business. */
export function ofContainers(path: string, body: unknown): unknown {
  if (path === '/containers/json') return Listing.safeParse(body).data ?? [];
  return /^\/containers\/\w+\/json$/.test(path) ? (Container.safeParse(body).data ?? {}) : body;
}

/** The running containers; null where the engine does not say. */
export async function readContainers(world: Asking, timeout: number): Promise<ContainerEvidence[] | null> {
  const answer = await world.engine('/containers/json', timeout);
  const listing = answer.status === 'ok' ? Listing.safeParse(answer.body).data : undefined;
  if (!listing) return null;
  const read = await Promise.all(listing.slice(0, MOST_CONTAINERS).map(({Id}) => readContainer(world, Id, timeout)));
  return read.flat();
}

async function readContainer(world: Asking, id: string, timeout: number): Promise<ContainerEvidence[]> {
  const answer = await world.engine(`/containers/${id}/json`, timeout);
  const container = answer.status === 'ok' ? Container.safeParse(answer.body).data : undefined;
  // It may have ended since it was listed.
  if (!container) return [];
  return [
    {
      name: container.Name.replace(/^\//, ''),
      openPorts: publishedPorts(container),
      smi: hasGpus(container) ? await askSmi(world, id, timeout) : null,
    },
  ];
}

const hasGpus = ({HostConfig: {Runtime, DeviceRequests}}: Container): boolean =>
  Runtime === 'nvidia' ||
  (DeviceRequests ?? []).some(
    ({Capabilities, DeviceIDs}) =>
      Capabilities?.flat().includes('gpu') || DeviceIDs?.some(id => id.startsWith('nvidia.com/gpu')),
  );

const Started = z.object({Id: z.string().regex(/^[0-9a-f]{12,64}$/)});

/** What `nvidia-smi -L` says inside; null where it could not be asked. */
async function askSmi(world: Asking, id: string, timeout: number): Promise<string | null> {
  // A terminal's output comes as plain text.
  const command = {Cmd: ['nvidia-smi', '-L'], AttachStdout: true, AttachStderr: true, Tty: true};
  const made = await world.engine(`/containers/${id}/exec`, timeout, command);
  const exec = made.status === 'ok' ? Started.safeParse(made.body).data : undefined;
  if (!exec) return null;
  const said = await world.engine(`/exec/${exec.Id}/start`, timeout, {Detach: false, Tty: true});
  return said.status === 'ok' && typeof said.body === 'string' ? said.body.slice(0, LONGEST_ANSWER) : null;
}

function publishedPorts({NetworkSettings: {Ports}}: Container): number[] {
  const open = Object.values(Ports ?? {}).flatMap(bindings =>
    (bindings ?? []).filter(({HostIp}) => ['0.0.0.0', '::', ''].includes(HostIp)),
  );
  return [...new Set(open.map(({HostPort}) => Number(HostPort)))].sort((a, b) => a - b);
}
