import type {Outcome, Reading, World} from '../world/world.js';
import {COMMANDS, type CommandName} from './commands.js';
import type {Answer, SourceReading, Status} from './reading.js';
import {parseCdiList, parseContainerCli, parseCtkVersion} from './sources/container-toolkit.js';
import {parseCudaJson, parseCudaText, parseNvcc} from './sources/cuda-toolkit.js';
import {parseDaemonJson} from './sources/daemon-json.js';
import {parseDmesg} from './sources/dmesg.js';
import {readEngineAnswers} from './sources/engine-access.js';
import {parseDockerInfo, parseDockerVersion} from './sources/engine-text.js';
import {readLibraries, readPciBus, readProcGpus, readSystem} from './sources/folders.js';
import {parseLspci} from './sources/lspci.js';
import {parseKernelVersion, parseMeminfo} from './sources/os.js';
import {parseOsRelease} from './sources/os-release.js';
import {parseModuleVersion, parseProcVersion} from './sources/proc.js';
import {parseSmiApps, parseSmiCsv} from './sources/smi-csv.js';
import {parseBareRows, parseSmiErrors} from './sources/smi-errors.js';
import {parseSmiList} from './sources/smi-list.js';
import {parseSmiQ} from './sources/smi-q.js';
import {parseSmiTable} from './sources/smi-table.js';
import {parseSmiVersion} from './sources/smi-version.js';
import {parseSmiXml} from './sources/smi-xml.js';
import {parseTegraRelease} from './sources/tegra.js';
import {decode} from './text.js';

/** One place that the probe asks. `timeout` in milliseconds; never throws. */
export interface Source {
  name: string;
  /** Asked of captures alone: it says nothing that the others do not, or needs root. */
  recordedOnly: boolean;
  ask(world: World, timeout: number): Promise<Answer | readonly Answer[]>;
}

type Parser = (text: string, exit: number) => SourceReading | Promise<SourceReading>;

/** In their order of trust: where two sources differ, the word of the earlier one stands. */
export const SOURCES: readonly Source[] = [
  command('nvidia-smi-q-x', smi(parseSmiXml)),
  command('nvidia-smi-q', smi(parseSmiQ), {recordedOnly: true}),
  command('nvidia-smi-query-gpu', smi(parseSmiCsv)),
  command('nvidia-smi', smi(parseTable)),
  command('nvidia-smi-L', smi(parseSmiList)),
  command('nvidia-smi-version', smi(parseSmiVersion), {recordedOnly: true}),
  command('nvidia-smi-query-compute-apps', smi(parseSmiApps), {recordedOnly: true}),
  file('/etc/nv_tegra_release', parseTegraRelease),
  file('/proc/driver/nvidia/version', parseProcVersion),
  file('/sys/module/nvidia/version', parseModuleVersion),
  {name: '/proc/driver/nvidia/gpus', recordedOnly: false, ask: readProcGpus},
  command('nvidia-container-cli-info', parseContainerCli, {recordedOnly: true}),
  command('dmesg', parseDmesg, {recordedOnly: true}),
  command('lspci-nn', parseLspci),
  {name: '/sys/bus/pci/devices', recordedOnly: false, ask: readPciBus},
  {name: 'driver libraries', recordedOnly: false, ask: readLibraries},
  file('/usr/local/cuda/version.json', parseCudaJson),
  file('/usr/local/cuda/version.txt', parseCudaText),
  command('nvcc-version', nvcc),
  {name: 'engine', recordedOnly: false, ask: readEngineAnswers},
  command('docker-info', parseDockerInfo, {recordedOnly: true}),
  command('docker-version', parseDockerVersion, {recordedOnly: true}),
  file('/etc/docker/daemon.json', parseDaemonJson),
  command('nvidia-ctk-version', parseCtkVersion),
  command('nvidia-ctk-cdi-list', parseCdiList, {recordedOnly: true}),
  file('/etc/os-release', parseOsRelease),
  {name: 'system', recordedOnly: false, ask: readSystem},
  file('/proc/meminfo', parseMeminfo),
  file('/proc/version', parseKernelVersion),
];

/** What only a choice of images, or a person, needs to know; a launch from a built image does without. */
const NOT_FOR_LAUNCH = [/^nvidia-smi(?: --query-gpu)?$/, /^lspci /, /^nvcc /, /^nvidia-ctk /, /^system$/];

/** The sources that a launch from a built image rests on: no program but nvidia-smi is started. */
export const LAUNCH_SOURCES = SOURCES.filter(({name}) => !NOT_FOR_LAUNCH.some(pattern => pattern.test(name)));

/** What tells who uses the GPUs now. */
export const GPU_SOURCES = SOURCES.filter(({name}) => /^nvidia-smi(?: -q -x| -L| --query-gpu)$/.test(name));

/** What no rule of the verdict asks: the host's own CUDA toolkit, and what nvidia-smi's report has, too. */
const NOT_FOR_VERDICT = [/^nvidia-smi --query-gpu$/, /^nvcc /, /^\/usr\/local\/cuda\//];

export const VERDICT_SOURCES = SOURCES.filter(({name}) => !NOT_FOR_VERDICT.some(pattern => pattern.test(name)));

const WSL_SMI = '/usr/lib/wsl/lib/nvidia-smi';

function command(name: CommandName, parse: Parser, {recordedOnly} = {recordedOnly: false}): Source {
  const [program, ...args] = COMMANDS[name];
  const label = [program, ...args].join(' ').replace(/=\S+/g, '').replace(' --format', '');
  return {
    name: label,
    recordedOnly,
    async ask(world, timeout) {
      const run = (path: string): Promise<Outcome> => world.run({program: path, args, timeout, env: {LC_ALL: 'C'}});
      let outcome = await run(program);
      // Under WSL2 it is not on every PATH.
      if (outcome.status === 'not-found' && program === 'nvidia-smi') outcome = await run(WSL_SMI);
      if (outcome.status !== 'ran') return {source: label, status: outcome.status, says: {}};
      const text = `${outcome.stdout}\n${outcome.stderr}`;
      return {source: label, status: 'ok', says: await parse(text, outcome.exit)};
    },
  };
}

function file(path: string, parse: Parser): Source {
  return {
    name: path,
    recordedOnly: false,
    async ask(world) {
      const reading = await world.read(path);
      const says = reading.status === 'ok' ? await parse(decode(reading.value), 0) : {};
      return {source: path, status: statusOf(reading), says};
    },
  };
}

const statusOf = (reading: Reading<unknown>): Status => reading.status;

/** Whatever form of report nvidia-smi was asked for, it may print an error instead, or besides. */
function smi(parse: Parser): Parser {
  return async (text, exit) => {
    const report = await parse(text, exit);
    const errors = parseSmiErrors(text, exit, Object.keys(report).length > 0);
    const gpus = [...(report.gpus ?? []), ...missingFrom(report.gpus, errors.gpus)];
    return {
      ...report,
      gpus: gpus.length > 0 ? gpus : (report.gpus ?? errors.gpus ?? null),
      troubles: [...(errors.troubles ?? []), ...emptyOutput(text, report, errors)],
    };
  };
}

function missingFrom(known: SourceReading['gpus'], more: SourceReading['gpus']): NonNullable<SourceReading['gpus']> {
  return (more ?? []).filter(gpu => !known?.some(one => one.busId === gpu.busId));
}

function parseTable(text: string): SourceReading {
  const table = parseSmiTable(text);
  if (Object.keys(table).length > 0) return table;
  const rows = parseBareRows(text);
  return rows.length > 0 ? {gpus: rows} : {};
}

/** Nothing but blank lines and a date: a log that was meant to hold a report. */
function emptyOutput(text: string, report: SourceReading, errors: SourceReading): SourceReading['troubles'] & object {
  if (Object.keys(report).length > 0 || (errors.troubles?.length ?? 0) > 0 || text.length > 400) return [];
  const lines = text.split('\n').filter(line => line.trim() !== '' && Number.isNaN(Date.parse(line.trim())));
  return lines.length === 0 ? [{id: 'empty_output', detail: 'nvidia-smi printed no report'}] : [];
}

function nvcc(text: string, exit: number): SourceReading {
  const version = parseNvcc(text);
  if (version.cudaToolkit) return version;
  const missing = parseSmiErrors(text, exit, false).troubles?.find(trouble => trouble.id === 'command_not_found');
  return missing ? {troubles: [{...missing, id: 'command_not_found'}]} : {};
}
