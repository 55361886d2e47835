import type {LimitFields, Ulimit} from './resources.js';

/** The body of POST /containers/create, the part that gpudock sets (Docker Engine API 1.41 and later). */
export interface ContainerBody {
  Image: string;
  User: string;
  Env: string[];
  Labels: Record<string, string>;
  WorkingDir?: string | undefined;
  StopTimeout?: number;
  Entrypoint?: string[];
  Cmd?: string[];
  Tty?: boolean;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  ExposedPorts: Record<string, Record<string, never>>;
  HostConfig: LimitFields & {
    Binds: string[];
    Mounts: VolumeMount[];
    PortBindings: Record<string, {HostIp: string; HostPort: string}[]>;
    ShmSize: number;
    Ulimits: Ulimit[];
    SecurityOpt: string[];
    GroupAdd: string[];
    UsernsMode?: string;
    LogConfig?: {Type: string; Config: Record<string, string>};
    DeviceRequests?: {Driver: string; DeviceIDs: string[]; Capabilities?: string[][]}[];
    Runtime?: string;
    Init?: boolean;
    RestartPolicy?: {Name: 'on-failure'; MaximumRetryCount: number};
  };
}

/** A volume, which the engine makes with these labels where it is not there. */
export interface VolumeMount {
  Type: 'volume';
  /** Its name; without one it is this container's alone. */
  Source?: string;
  Target: string;
  VolumeOptions: {Labels: Record<string, string>};
}
