import type {Host} from '../contract/host.js';
import type {Decision, Launch} from '../contract/launch.js';
import type {Project} from '../environment/project.js';
import {LABEL} from '../labels.js';
import {dockerCommand} from './command-line.js';
import type {ContainerBody} from './container-body.js';
import type {Claims} from './gpu-units.js';
import {type GpuGrant, grantGpus} from './gpus.js';
import type {Promised} from './inside.js';
import {limitDecisions, limitFields, sharedMemory, ulimits} from './resources.js';
import {type SecretFile, withoutSecrets} from './secrets.js';
import {type Caller, type ContainerUser, containerUser} from './user.js';
import {type LaunchWishes, NO_WISHES, type Reach} from './wishes.js';
import {NOTEBOOK, type Work} from './work.js';

/** Exactly what will be started, with a reason for each decision. */
export interface LaunchPlan extends Launch {
  name: string;
  container: ContainerBody & Record<string, unknown>;
  user: ContainerUser;
  /** Files for the user's home that nobody else may read, and that stand in no plan which is shown. */
  secrets: SecretFile[];
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
  /** Default: JupyterLab. */
  work?: Work;
  /** Default: nothing. */
  wishes?: LaunchWishes;
  /** Which GPUs are held; default: none is. */
  claims?: Claims;
  /** Default: this machine alone. */
  reach?: Reach;
}

export const CONTAINER_PORT = 8888;
export const HOME = '/home/gpudock';
/** Holds what pip and model hubs download, for all projects. */
export const CACHE_VOLUME = 'gpudock-cache';
/** After so many failed starts in a row the cause is not going away. */
const RESTARTS = 5;
export const CERTIFICATES = '/etc/gpudock-certificates.pem';

/** The launch of a container. Pure: everything it depends on is in the question. */
export function planLaunch(question: LaunchQuestion): LaunchPlan {
  const {project, image, host, port, work = NOTEBOOK, wishes = NO_WISHES, claims = new Map()} = question;
  const {resources} = wishes;
  const given = withoutSecrets(wishes.env, HOME);
  const gpus = grantGpus(host, question.gpus, {claims, memoryMiB: wishes.gpuMemoryMiB});
  const user = containerUser(host, question.caller, wishes.user);
  const ray = project.requirements.some(({name}) => name === 'ray');
  const shm = sharedMemory(host, {gpus: gpus.count, ray, asked: resources.shmBytes});
  const limits = ulimits(question.mayRaiseLimits);
  const container: ContainerBody = {
    Image: image,
    User: user.user,
    Env: [...environment(question, user, gpus.grant), ...work.env, ...given.env],
    Labels: {
      [LABEL.project]: project.dir,
      [LABEL.purpose]: work.purpose,
      ...(gpus.ids.length === 0 ? {} : {[LABEL.gpus]: gpus.ids.join(',')}),
    },
    ...(work.workspace ? {WorkingDir: '/workspace'} : {}),
    ...(work.stopSeconds === null ? {} : {StopTimeout: work.stopSeconds}),
    ...startFields(work),
    ExposedPorts: work.port === null ? {} : {[`${work.port}/tcp`]: {}},
    HostConfig: {
      Binds: [...(work.workspace ? [`${project.dir}:/workspace`] : []), ...work.binds, ...wishes.binds],
      Mounts: [
        {
          Type: 'volume',
          Source: CACHE_VOLUME,
          Target: `${HOME}/.cache`,
          VolumeOptions: {Labels: {[LABEL.cache]: 'downloads'}},
        },
      ],
      PortBindings:
        work.port === null
          ? {}
          : {[`${work.port}/tcp`]: [{HostIp: hostIp(question), HostPort: port === 0 ? '' : String(port)}]},
      ShmSize: shm.bytes,
      Ulimits: limits.ulimits,
      SecurityOpt: ['no-new-privileges'],
      GroupAdd: user.groupAdd,
      ...(user.usernsMode === null ? {} : {UsernsMode: user.usernsMode}),
      ...(host.engine.kind === 'podman'
        ? {}
        : {Init: true, LogConfig: {Type: 'json-file', Config: {'max-size': '10m', 'max-file': '3'}}}),
      ...(work.restart ? {RestartPolicy: {Name: 'on-failure', MaximumRetryCount: RESTARTS}} : {}),
      ...limitFields(resources),
      ...gpuFields(gpus.grant),
    },
  };
  return {
    schema: 'gpudock/launch/1',
    image,
    name: question.name,
    container: {...container},
    command: dockerCommand(question.name, container, work.detach),
    user,
    secrets: given.files,
    portFixed: question.portFixed,
    url: work.port === null || port === 0 ? null : `http://127.0.0.1:${port}${work.path}`,
    dockerfile: question.dockerfile,
    decisions: [
      ...question.decisions,
      gpus.decision,
      user.decision,
      ...(work.workspace ? [{setting: 'workspace', value: project.dir, why: 'the project, at /workspace'}] : []),
      ...[...work.binds, ...wishes.binds].map(bind => ({setting: 'mount', value: bind, why: 'asked for'})),
      {setting: 'cache', value: 'gpudock-cache', why: 'downloads of pip and model hubs outlive the container'},
      ...given.files.map(({path}) => ({
        setting: 'secret',
        value: `~/${path}`,
        why: 'a token is a file of yours inside, and no variable',
      })),
      shm.decision,
      limits.decision,
      ...limitDecisions(resources),
      ...(work.port === null ? [] : [portDecision(question)]),
    ],
  };
}

/** An image's own entry point takes no part in a command of the user's. */
const startFields = ({entrypoint, command, tty, stdin}: Work): Partial<ContainerBody> => ({
  ...(entrypoint === null ? {} : {Entrypoint: [...entrypoint]}),
  ...(command === null ? {} : {Cmd: [...command]}),
  ...(tty ? {Tty: true} : {}),
  ...(stdin ? {OpenStdin: true, StdinOnce: true} : {}),
});

const portDecision = (question: LaunchQuestion): Decision => ({
  setting: 'port',
  value: question.port === 0 ? 'any' : String(question.port),
  why: portReason(question),
});

/** What the started container has to show inside. */
export const promisedBy = ({container: {Labels, HostConfig}}: LaunchPlan): Promised => ({
  gpus: Labels[LABEL.gpus]?.split(',').length ?? 0,
  shmBytes: HostConfig.ShmSize,
  memoryBytes: HostConfig.Memory ?? null,
  cpus: HostConfig.NanoCpus === undefined ? null : HostConfig.NanoCpus / 1e9,
  pids: HostConfig.PidsLimit ?? null,
  memlock: HostConfig.Ulimits.some(({Name, Soft}) => Name === 'memlock' && Soft === -1),
  data: HostConfig.Binds.map(bind => bind.replace(/:ro$/, '').split(':').at(-1) ?? '').filter(isData),
});

const isData = (inside: string): boolean => inside.startsWith('/data/');

/** An empty address is every address of the machine, IPv4 and IPv6. */
const hostIp = ({reach}: LaunchQuestion): string => (reach === 'network' ? '' : '127.0.0.1');

function portReason({port, portFixed, reach}: LaunchQuestion): string {
  const how = portFixed ? 'asked for' : port === 0 ? 'the engine picks a free one' : 'free here';
  return `${how}; open to ${reach === 'network' ? 'whoever reaches this machine, as asked for' : 'this machine alone'}`;
}

function environment({certificates, work = NOTEBOOK}: LaunchQuestion, user: ContainerUser, grant: GpuGrant): string[] {
  const bundle = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE'];
  return [
    `HOME=${HOME}`,
    `USER=${user.name}`,
    `LOGNAME=${user.name}`,
    // An image's own tini finds the engine's above it, and would complain in the log that it reaps no zombies.
    ...(work.entrypoint === null ? ['TINI_SUBREAPER=1'] : []),
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
