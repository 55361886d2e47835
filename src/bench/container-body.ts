import type {ContainerCreateOptions} from 'dockerode';
import {LABEL} from '../labels.js';
import type {LaunchPlan} from '../launch/plan.js';
import type {Program} from './side.js';

export interface BodyOptions {
  /** The launch as gpudock has it; its command, ports and mounts are the benchmark's. */
  plan: LaunchPlan;
  /** More of the environment, `NAME=VALUE`. */
  env: readonly string[];
  /** On this machine. */
  programs: string;
  scratch: string;
  folder: string;
  /** More of this machine that is mounted at its own path, to be read. */
  folders: readonly string[];
}

export const PROGRAMS = '/gpudock-bench';
export const SCRATCH = '/gpudock-scratch';
export const WORKSPACE = '/workspace';
export const SERVER_PORT = 8000;

type Body = ContainerCreateOptions & Record<string, unknown>;

/** What the engine is asked for a trial: the launch settings, with the benchmark's program in place of a notebook. Pure. */
export function trialBody(
  {plan, env, programs, scratch, folder, folders}: BodyOptions,
  {argv, place, inFolder, hostNetwork}: Pick<Program, 'argv' | 'place' | 'inFolder' | 'hostNetwork'>,
): Body {
  const {ExposedPorts: _exposed, ...container} = plan.container;
  const {PortBindings: _bindings, ...host} = container.HostConfig;
  return {
    ...container,
    Entrypoint: argv.slice(0, 1),
    Cmd: argv.slice(1),
    Env: [...container.Env, ...env],
    Labels: {...container.Labels, [LABEL.purpose]: 'bench'},
    WorkingDir: inFolder ? WORKSPACE : '/',
    ...(place === 'volume' ? {Volumes: {'/tmp': {}}} : {}),
    HostConfig: {
      ...host,
      ...(hostNetwork ? {NetworkMode: 'host'} : {}),
      Mounts: [],
      Binds: [
        `${programs}:${PROGRAMS}:ro`,
        `${scratch}:${SCRATCH}`,
        ...(inFolder ? [`${folder}:${WORKSPACE}`] : []),
        ...folders.map(path => `${path}:${path}:ro`),
      ],
    },
  };
}

/** A server's container: its port is open to this machine alone. */
export function serverBody(options: BodyOptions, argv: readonly string[], port: number): Body {
  const body = trialBody(options, {argv, place: null, inFolder: false, hostNetwork: false});
  const exposed = `${SERVER_PORT}/tcp`;
  return {
    ...body,
    ExposedPorts: {[exposed]: {}},
    HostConfig: {...body.HostConfig, PortBindings: {[exposed]: [{HostIp: '127.0.0.1', HostPort: String(port)}]}},
  };
}
