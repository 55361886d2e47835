import type {Outcome, Reading, World} from '../world/world.js';
import {COMMANDS, type CommandName} from './commands.js';
import type {Printed} from './printed.js';
import type {Answer, SourceReading, Status} from './reading.js';
import {parseCudaJson, parseCudaText} from './sources/cuda-toolkit.js';
import {parseDaemonJson} from './sources/daemon-json.js';
import {readEngineAnswers} from './sources/engine-access.js';
import {readLibraries, readPciBus, readProcGpus, readSystem} from './sources/folders.js';
import {parseKernelVersion, parseMeminfo} from './sources/os.js';
import {parseOsRelease} from './sources/os-release.js';
import {parseModuleVersion, parseProcVersion} from './sources/proc.js';
import {parseTegraRelease} from './sources/tegra.js';
import {decode} from './text.js';

/** One place that the probe asks. `timeout` in milliseconds; never throws. */
export interface Source {
  name: string;
  /** Asked of captures alone: it says nothing that the others do not, or needs root. */
  recordedOnly: boolean;
  ask(world: World, timeout: number): Promise<Answer | readonly Answer[]>;
}

type Parser = (text: string) => SourceReading | Promise<SourceReading>;

/** In their order of trust: where two sources differ, the word of the earlier one stands. */
export const SOURCES: readonly Source[] = [
  command('nvidia-smi-q-x', 'smiXml'),
  command('nvidia-smi-q', 'smiQ', {recordedOnly: true}),
  command('nvidia-smi-query-gpu', 'smiCsv'),
  command('nvidia-smi', 'smiTable'),
  command('nvidia-smi-L', 'smiList'),
  command('nvidia-smi-version', 'smiVersion', {recordedOnly: true}),
  command('nvidia-smi-query-compute-apps', 'smiApps', {recordedOnly: true}),
  file('/etc/nv_tegra_release', parseTegraRelease),
  file('/proc/driver/nvidia/version', parseProcVersion),
  file('/sys/module/nvidia/version', parseModuleVersion),
  {name: '/proc/driver/nvidia/gpus', recordedOnly: false, ask: readProcGpus},
  command('nvidia-container-cli-info', 'containerCli', {recordedOnly: true}),
  command('dmesg', 'dmesg', {recordedOnly: true}),
  command('lspci-nn', 'lspci'),
  {name: '/sys/bus/pci/devices', recordedOnly: false, ask: readPciBus},
  {name: 'driver libraries', recordedOnly: false, ask: readLibraries},
  file('/usr/local/cuda/version.json', parseCudaJson),
  file('/usr/local/cuda/version.txt', parseCudaText),
  command('nvcc-version', 'nvcc'),
  {name: 'engine', recordedOnly: false, ask: readEngineAnswers},
  command('docker-info', 'dockerInfo', {recordedOnly: true}),
  command('docker-version', 'dockerVersion', {recordedOnly: true}),
  file('/etc/docker/daemon.json', parseDaemonJson),
  command('nvidia-ctk-version', 'ctkVersion'),
  command('nvidia-ctk-cdi-list', 'cdiList', {recordedOnly: true}),
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

function command(name: CommandName, printed: Printed, {recordedOnly} = {recordedOnly: false}): Source {
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
      // A report that ends within a line is to be seen as such.
      const text =
        outcome.stderr === ''
          ? outcome.stdout
          : `${outcome.stdout}
${outcome.stderr}`;
      const {PRINTED} = await import('./printed.js');
      return {source: label, status: 'ok', says: await PRINTED[printed](text, outcome.exit)};
    },
  };
}

function file(path: string, parse: Parser): Source {
  return {
    name: path,
    recordedOnly: false,
    async ask(world) {
      const reading = await world.read(path);
      const says = reading.status === 'ok' ? await parse(decode(reading.value)) : {};
      return {source: path, status: statusOf(reading), says};
    },
  };
}

const statusOf = (reading: Reading<unknown>): Status => reading.status;
