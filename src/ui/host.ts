import type {Finding, Gpu, Host} from '../contract/host.js';
import {printable} from './printable.js';
import {beside, hanging} from './prose.js';

/** A short summary for people: a fact a line, what is unknown said so, findings worst first. */
export function renderHost(host: Host, columns: number | null = null): string {
  const rows: [string, string][] = [
    ['System', systemLine(host)],
    ['Driver', driverLine(host)],
    ...gpuRows(host.gpus),
    ['Engine', engineLine(host.engine)],
    ['GPU access', accessLine(host)],
    ['Resources', resourcesLine(host.resources)],
    ...overriddenRows(host.sources),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => beside(`${label.padEnd(width)}  `, oneLine(text), columns));
  return [...lines, ...findingLines(host.findings, columns)].join('\n');
}

/** The machine in four lines, longer ones wrapped: system, driver, GPUs, engine. */
export function renderHostInBrief(host: Host, columns: number | null = null): string {
  const rows = [
    ['System', systemLine(host)],
    ['Driver', driverLine(host)],
    ['GPU', host.gpus === null ? 'unknown' : alike(host.gpus.map(briefly)).join('; ') || 'none'],
    ['Engine', engineLine(host.engine)],
  ] as const;
  return rows.map(([label, text]) => `${beside(`  ${label.padEnd(6)}  `, oneLine(text), columns)}\n`).join('');
}

const briefly = ({name, pciId, memoryMiB}: Gpu): string =>
  known(name ?? pciId ?? 'unnamed', memoryMiB !== null && size(memoryMiB));

/** Each text once, with how often it was there. */
const alike = (texts: readonly string[]): string[] =>
  [...new Set(texts)].map(text => {
    const count = texts.filter(other => other === text).length;
    return count === 1 ? text : `${count} × ${text}`;
  });

const oneLine = (text: string): string => printable(text).replace(/[\n\t]/g, ' ');

const known = (...parts: (string | null | false)[]): string => parts.filter(Boolean).join(' · ') || 'unknown';

function systemLine({os}: Host): string {
  const name = [os.distro ?? os.platform, os.release].filter(Boolean).join(' ');
  return known(name, os.wsl === true && 'WSL2', os.kernel && `kernel ${os.kernel}`, os.arch);
}

const STATUS: Record<Host['driver']['status'], string | null> = {
  ok: null,
  absent: 'no NVIDIA driver',
  'not-loaded': 'installed, not loaded',
  'version-mismatch': 'library and module differ',
  'gpu-lost': 'a GPU is lost',
  'no-permission': 'not permitted for this user',
  unknown: null,
};

function driverLine({driver}: Host): string {
  const cuda = driver.cudaVersion
    ? `CUDA up to ${driver.cudaVersion}`
    : driver.cudaVersionDerived && `CUDA up to ${driver.cudaVersionDerived} (by its branch)`;
  return known(driver.version && `NVIDIA ${driver.version}`, driver.flavor, cuda, STATUS[driver.status]);
}

function gpuRows(gpus: Host['gpus']): [string, string][] {
  if (gpus === null) return [['GPU', 'unknown']];
  if (gpus.length === 0) return [['GPU', 'none']];
  return gpus.map(gpu => [gpu.index === null ? 'GPU' : `GPU ${gpu.index}`, gpuLine(gpu)]);
}

function gpuLine(gpu: Gpu): string {
  const memory =
    gpu.memoryMiB !== null &&
    (gpu.usedMiB === null ? size(gpu.memoryMiB) : `${size(gpu.usedMiB)} of ${size(gpu.memoryMiB)} used`);
  return known(
    gpu.name ?? gpu.pciId ?? 'unnamed',
    gpu.computeCapability && `compute ${gpu.computeCapability}`,
    memory,
    gpu.utilization !== null && `${gpu.utilization} % busy`,
    gpu.mig.devices.length > 0 && `${gpu.mig.devices.length} MIG devices`,
    gpu.mig.mode === 'enabled' && gpu.mig.devices.length === 0 && 'MIG on',
    gpu.processes !== null && gpu.processes.length > 0 && `${gpu.processes.length} processes`,
    gpu.state === 'lost' && 'LOST',
    gpu.state === 'error' && 'ERROR',
    gpu.busId,
  );
}

function engineLine(engine: Host['engine']): string {
  return known(
    engine.kind && [engine.kind, engine.version].filter(Boolean).join(' '),
    engine.remote === true && 'remote',
    engine.desktop === true && 'Desktop',
    engine.snap === true && 'snap',
    engine.rootless === true && 'rootless',
    engine.usernsRemap === true && 'userns-remap',
    engine.cgroupVersion && `cgroup v${engine.cgroupVersion}`,
  );
}

function accessLine({engine, toolkit}: Host): string {
  const {cdi, hook, runtime} = engine.gpuAccess;
  const ways = [cdi && 'CDI', hook && 'hook', runtime && 'nvidia runtime'].filter(Boolean).join(', ');
  const none = cdi === false && hook === false && runtime === false;
  return known(ways || (none && 'none'), toolkit.version && `container toolkit ${toolkit.version}`);
}

function resourcesLine(resources: Host['resources']): string {
  return known(
    resources.cpus !== null && `${resources.cpus} CPUs`,
    resources.memoryMiB !== null && `${size(resources.memoryMiB)} memory`,
    resources.shmMiB !== null && `${size(resources.shmMiB)} shared memory`,
    resources.diskFreeMiB !== null && `${size(resources.diskFreeMiB)} disk free`,
  );
}

function overriddenRows(sources: Host['sources']): [string, string][] {
  const overridden = Object.entries(sources).filter(([, source]) => source.startsWith('overridden by '));
  return overridden.map(([path, source]) => ['Overridden', `${path}, ${source.slice('overridden '.length)}`]);
}

const size = (mebibytes: number): string =>
  mebibytes < 1024 ? `${mebibytes} MiB` : `${(mebibytes / 1024).toFixed(mebibytes < 10_240 ? 1 : 0)} GiB`;

function findingLines(findings: Finding[], columns: number | null): string[] {
  return findings.flatMap(finding => [
    '',
    hanging(`${finding.severity}: ${oneLine(finding.cause)}`, columns, 2),
    `  fix: ${oneLine(finding.fix)}`,
    `  source: ${oneLine(finding.source)}`,
  ]);
}
