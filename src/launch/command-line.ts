import type {ContainerBody, VolumeMount} from './container-body.js';

/** The container as a `docker run` line that gives the same one. Safe to paste: every word is quoted for a POSIX shell. */
export function dockerCommand(name: string, container: ContainerBody, detach: boolean): string {
  const {HostConfig: host} = container;
  const words = [
    detach ? 'docker run --detach' : 'docker run --rm',
    ...(container.Tty === true ? ['--tty'] : []),
    ...(container.OpenStdin === true ? ['--interactive'] : []),
    `--name ${quote(name)}`,
    `--user ${quote(container.User)}`,
    ...host.GroupAdd.map(group => `--group-add ${quote(group)}`),
    ...(host.UsernsMode === undefined ? [] : [`--userns ${quote(host.UsernsMode)}`]),
    ...gpuFlags(container),
    `--shm-size ${host.ShmSize}`,
    ...host.Ulimits.map(({Name, Soft, Hard}) => `--ulimit ${Name}=${Soft}:${Hard}`),
    ...host.SecurityOpt.map(option => `--security-opt ${quote(option)}`),
    ...logFlags(container),
    ...limitFlags(container),
    ...(container.Entrypoint === undefined ? [] : [`--entrypoint ${quote(container.Entrypoint.join(' '))}`]),
    ...Object.entries(host.PortBindings).flatMap(([port, bindings]) =>
      bindings.map(({HostIp, HostPort}) => `--publish ${quote(published(HostIp, HostPort, port.replace('/tcp', '')))}`),
    ),
    ...host.Binds.map(bind => `--volume ${quote(bind)}`),
    ...host.Mounts.map(mount => `--mount ${quote(mountWord(mount))}`),
    ...(container.WorkingDir === undefined ? [] : [`--workdir ${quote(container.WorkingDir)}`]),
    ...(container.StopTimeout === undefined ? [] : [`--stop-timeout ${container.StopTimeout}`]),
    ...container.Env.map(variable => `--env ${quote(variable)}`),
    ...Object.entries(container.Labels).map(([key, value]) => `--label ${quote(`${key}=${value}`)}`),
    quote(container.Image),
    ...(container.Cmd ?? []).map(quote),
  ];
  return words.join(' \\\n  ');
}

const mountWord = ({Source, Target, VolumeOptions: {Labels}}: VolumeMount): string =>
  [
    'type=volume',
    ...(Source === undefined ? [] : [`source=${Source}`]),
    `target=${Target}`,
    ...Object.entries(Labels).map(([name, value]) => `volume-label=${name}=${value}`),
  ].join(',');

const published = (address: string, outside: string, inside: string): string =>
  [...(address === '' ? [] : [address]), ...(address === '' && outside === '' ? [] : [outside]), inside].join(':');

function gpuFlags({HostConfig: {DeviceRequests = [], Runtime}}: ContainerBody): string[] {
  const requests = DeviceRequests.flatMap(({Driver, DeviceIDs}) =>
    Driver === 'cdi'
      ? DeviceIDs.map(device => `--device ${quote(device)}`)
      : [`--gpus ${quote(`"device=${DeviceIDs.join(',')}"`)}`],
  );
  return Runtime === undefined ? requests : [...requests, `--runtime ${quote(Runtime)}`];
}

const limitFlags = ({HostConfig: host}: ContainerBody): string[] => [
  ...(host.Init === true ? ['--init'] : []),
  ...(host.Memory === undefined ? [] : [`--memory ${host.Memory} --memory-swap ${host.MemorySwap ?? host.Memory}`]),
  ...(host.NanoCpus === undefined ? [] : [`--cpus ${host.NanoCpus / 1e9}`]),
  ...(host.PidsLimit === undefined ? [] : [`--pids-limit ${host.PidsLimit}`]),
  ...(host.RestartPolicy === undefined
    ? []
    : [`--restart ${host.RestartPolicy.Name}:${host.RestartPolicy.MaximumRetryCount}`]),
];

const logFlags = ({HostConfig: {LogConfig}}: ContainerBody): string[] =>
  LogConfig === undefined
    ? []
    : [
        `--log-driver ${quote(LogConfig.Type)}`,
        ...Object.entries(LogConfig.Config).map(([key, value]) => `--log-opt ${quote(`${key}=${value}`)}`),
      ];

/** One word for a POSIX shell. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
