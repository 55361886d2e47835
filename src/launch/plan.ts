import type {Host} from '../contract/host.js';
import type {Decision, Launch} from '../contract/launch.js';
import {LABEL} from '../dockerfile/plan.js';
import type {Project} from '../environment/project.js';
import {dockerCommand} from './command-line.js';
import {type GpuGrant, grantGpus} from './gpus.js';
import {type Caller, type ContainerUser, containerUser} from './user.js';

/** The body of POST /containers/create, the part that gpudock sets (Docker Engine API 1.41 and later). */
export interface ContainerBody {
  Image: string;
  User: string;
  Env: string[];
  Labels: Record<string, string>;
  WorkingDir: string;
  ExposedPorts: Record<string, Record<string, never>>;
  HostConfig: {
    Binds: string[];
    PortBindings: Record<string, {HostIp: string; HostPort: string}[]>;
    ShmSize: number;
    Ulimits: {Name: string; Soft: number; Hard: number}[];
    SecurityOpt: string[];
    GroupAdd: string[];
    UsernsMode?: string;
    LogConfig?: {Type: string; Config: Record<string, string>};
    DeviceRequests?: {Driver: string; DeviceIDs: string[]; Capabilities?: string[][]}[];
    Runtime?: string;
  };
}

/** Exactly what will be started, with a reason for each decision. */
export interface LaunchPlan extends Launch {
  name: string;
  container: ContainerBody & Record<string, unknown>;
  user: ContainerUser;
  /** Whether the port was asked for: then no other one will do. */
  portFixed: boolean;
}

export interface LaunchQuestion {
  project: Pick<Project, 'dir' | 'name' | 'requirements'>;
  image: string;
  host: Host;
  caller: Caller;
  gpus: string;
  /** Port on this machine; 0: the engine picks one. */
  port: number;
  /** Whether the user named the port. */
  portFixed: boolean;
  name: string;
  /** Whether the machine's extra certificates are put into the container. */
  certificates: boolean;
  /** Whether the engine may raise the locked-memory limit; null: not known, so it is tried. */
  mayRaiseLimits: boolean | null;
  dockerfile: string | null;
  decisions: readonly Decision[];
}

export const CONTAINER_PORT = 8888;
export const HOME = '/home/gpudock';
export const CERTIFICATES = '/etc/gpudock-certificates.pem';

/** The launch of a notebook. Pure: everything it depends on is in the question. */
export function planLaunch(question: LaunchQuestion): LaunchPlan {
  const {project, image, host, port} = question;
  const gpus = grantGpus(host, question.gpus);
  const user = containerUser(host, question.caller);
  const shm = sharedMemory(
    host,
    gpus.count,
    project.requirements.some(({name}) => name === 'ray'),
  );
  const limits = ulimits(question.mayRaiseLimits);
  const container: ContainerBody = {
    Image: image,
    User: user.user,
    Env: environment(user, gpus.grant, question.certificates),
    Labels: {[LABEL.project]: project.dir, [LABEL.purpose]: 'notebook'},
    WorkingDir: '/workspace',
    ExposedPorts: {[`${CONTAINER_PORT}/tcp`]: {}},
    HostConfig: {
      Binds: [`${project.dir}:/workspace`, `gpudock-cache:${HOME}/.cache`],
      PortBindings: {[`${CONTAINER_PORT}/tcp`]: [{HostIp: '127.0.0.1', HostPort: port === 0 ? '' : String(port)}]},
      ShmSize: shm.bytes,
      Ulimits: limits.ulimits,
      SecurityOpt: ['no-new-privileges'],
      GroupAdd: user.groupAdd,
      ...(user.usernsMode === null ? {} : {UsernsMode: user.usernsMode}),
      ...(host.engine.kind === 'podman'
        ? {}
        : {LogConfig: {Type: 'json-file', Config: {'max-size': '10m', 'max-file': '3'}}}),
      ...gpuFields(gpus.grant),
    },
  };
  return {
    schema: 'gpudock/launch/1',
    image,
    name: question.name,
    container: {...container},
    command: dockerCommand(question.name, container),
    user,
    portFixed: question.portFixed,
    url: port === 0 ? null : `http://127.0.0.1:${port}/lab`,
    dockerfile: question.dockerfile,
    decisions: [
      ...question.decisions,
      gpus.decision,
      user.decision,
      {setting: 'workspace', value: project.dir, why: 'the project, at /workspace'},
      {setting: 'cache', value: 'gpudock-cache', why: 'downloads of pip and model hubs outlive the container'},
      shm.decision,
      limits.decision,
      {setting: 'port', value: port === 0 ? 'any' : String(port), why: portReason(question)},
    ],
  };
}

function portReason({port, portFixed}: LaunchQuestion): string {
  if (portFixed) return 'asked for; open to this machine alone';
  return port === 0
    ? 'the engine picks a free one, open to this machine alone'
    : 'free here; open to this machine alone';
}

function environment(user: ContainerUser, grant: GpuGrant, certificates: boolean): string[] {
  const bundle = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE'];
  return [
    `HOME=${HOME}`,
    `USER=${user.name}`,
    `LOGNAME=${user.name}`,
    ...(certificates ? bundle.map(name => `${name}=${CERTIFICATES}`) : []),
    ...(grant.form === 'none' ? ['NVIDIA_VISIBLE_DEVICES=void'] : []),
    ...(grant.form === 'runtime' ? [`NVIDIA_VISIBLE_DEVICES=${grant.ids.join(',')}`] : []),
  ];
}

/** CDI needs Docker's `cdi` driver and API 1.43 or later; a device request is older than that. */
function gpuFields(grant: GpuGrant): Pick<ContainerBody['HostConfig'], 'DeviceRequests' | 'Runtime'> {
  if (grant.form === 'cdi') return {DeviceRequests: [{Driver: 'cdi', DeviceIDs: grant.devices}]};
  if (grant.form === 'request') return {DeviceRequests: [{Driver: '', DeviceIDs: grant.ids, Capabilities: [['gpu']]}]};
  return grant.form === 'runtime' ? {Runtime: 'nvidia'} : {};
}

const GIB = 1024;

/**
 * Shared memory, which data loaders and NCCL pass tensors through: a quarter of RAM, at least 1 GiB and 2 GiB a GPU, for
 * ray 30 % (its own documented need), never over half of RAM. It is a limit and not a reservation.
 */
function sharedMemory(host: Host, gpus: number, ray: boolean): {bytes: number; decision: Decision} {
  const ram = host.resources.memoryMiB;
  const floor = Math.max(1 * GIB, 2 * GIB * gpus);
  const wish = ram === null ? floor : Math.max(floor, Math.floor(ram * (ray ? 0.3 : 0.25)));
  const mib = ram === null ? wish : Math.min(wish, Math.floor(ram / 2));
  const why =
    ram === null
      ? 'the machine’s memory is not known: a floor'
      : `${ray ? 'ray wants 30 %' : 'a quarter'} of ${(ram / GIB).toFixed(1)} GiB of memory${mib < wish ? ', held to half of it' : ''}; a limit, not a reservation`;
  return {bytes: mib * 1024 * 1024, decision: {setting: 'shm', value: `${mib} MiB`, why}};
}

const STACK = {Name: 'stack', Soft: 67_108_864, Hard: 67_108_864};

/** NVIDIA's advice for its images: unlimited locked memory, 64 MiB of stack (NGC framework containers user guide). */
function ulimits(mayRaise: boolean | null): {
  ulimits: {Name: string; Soft: number; Hard: number}[];
  decision: Decision;
} {
  if (mayRaise === false)
    return {
      ulimits: [STACK],
      decision: {
        setting: 'ulimits',
        value: 'stack=64 MiB',
        why: 'memlock stays as the engine has it: this engine may not raise it',
      },
    };
  return {
    ulimits: [{Name: 'memlock', Soft: -1, Hard: -1}, STACK],
    decision: {setting: 'ulimits', value: 'memlock=-1, stack=64 MiB', why: 'as NVIDIA advises for pinned memory'},
  };
}
