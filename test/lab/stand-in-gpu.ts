import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * The stand-in for a GPU: it takes the place of NVIDIA's driver and container toolkit in the flow, and computes nothing.
 * Its two A10 exist nowhere; every output says what a machine with driver 570.172.08 would say.
 */
export const STAND_IN = {
  driver: '570.172.08',
  cuda: '12.8',
  /** Set in a container that got a stand-in device by CDI; its value names the device. */
  variable: 'GPUDOCK_STAND_IN_GPU',
  gpus: [
    {index: 0, uuid: 'GPU-5ad1b000-0000-4000-8000-000000000000', bus: '00000000:0A:00.0', used: 512},
    {index: 1, uuid: 'GPU-5ad1b000-0000-4000-8000-000000000001', bus: '00000000:0B:00.0', used: 3},
  ],
} as const;

const NAME = 'NVIDIA A10';
/** PCI device and vendor, as nvidia-smi writes them. */
const PCI_ID = '0x223610DE';
const MEMORY = 23_028;

/** Writes hook, CDI specification and nvidia-smi below `folder`; returns the folder that holds nvidia-smi alone. */
export async function writeStandIn(folder: string): Promise<string> {
  const smi = join(folder, 'gpu/nvidia-smi');
  await writeProgram(smi, smiScript());
  // The daemon asks the hook for nothing but to be there and to succeed.
  await writeProgram(join(folder, 'hook/nvidia-container-runtime-hook'), '#!/bin/sh\nexit 0\n');
  await mkdir(join(folder, 'cdi'), {recursive: true});
  await writeFile(join(folder, 'cdi/stand-in.json'), JSON.stringify(cdiSpecification(smi), null, 2));
  return join(folder, 'gpu');
}

async function writeProgram(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), {recursive: true});
  await writeFile(path, text);
  await chmod(path, 0o755);
}

/** Container Device Interface 0.5.0, in the shape that `nvidia-ctk cdi generate` gives it. */
export function cdiSpecification(smi: string): object {
  const device = (name: string): object => ({name, containerEdits: {env: [`${STAND_IN.variable}=${name}`]}});
  return {
    cdiVersion: '0.5.0',
    kind: 'nvidia.com/gpu',
    devices: ['0', '1', 'all'].map(device),
    containerEdits: {
      env: ['NVIDIA_VISIBLE_DEVICES=void'],
      mounts: [{hostPath: smi, containerPath: '/usr/bin/nvidia-smi', options: ['ro', 'nosuid', 'nodev', 'bind']}],
    },
  };
}

/** A script that answers the questions which the probe asks, and no others. */
function smiScript(): string {
  const answers: [string, string][] = [
    ['', smiTable()],
    ['-q -x', smiXml()],
    ['-L', STAND_IN.gpus.map(({index, uuid}) => `GPU ${index}: ${NAME} (UUID: ${uuid})`).join('\n')],
    ['--version', smiVersion()],
    ['--query-gpu=*--format=csv', smiCsv()],
    ['--query-compute-apps=*--format=csv', 'gpu_uuid, gpu_bus_id, pid, process_name, used_gpu_memory [MiB]'],
  ];
  const cases = answers.map(([args, text]) => `${pattern(args)}) cat <<'END'\n${text}\nEND\n;;`);
  return `#!/bin/sh\n# A stand-in: there is no GPU.\ncase "$*" in\n${cases.join('\n')}\n*) echo "stand-in: unknown question: $*" >&2; exit 6 ;;\nesac\n`;
}

const pattern = (args: string): string =>
  args
    .split('*')
    .map(part => `'${part}'`)
    .join('*');

const smiVersion = (): string =>
  [
    `NVIDIA-SMI version  : ${STAND_IN.driver}`,
    'NVML version        : 570.172',
    `DRIVER version      : ${STAND_IN.driver}`,
    `CUDA Version        : ${STAND_IN.cuda}`,
  ].join('\n');

function smiCsv(): string {
  const header =
    'index, uuid, pci.bus_id, pci.device_id, name, driver_version, compute_cap, memory.total [MiB], memory.used [MiB], utilization.gpu [%]';
  const rows = STAND_IN.gpus.map(
    ({index, uuid, bus, used}) =>
      `${index}, ${uuid}, ${bus}, ${PCI_ID}, ${NAME}, ${STAND_IN.driver}, 8.6, ${MEMORY} MiB, ${used} MiB, 0 %`,
  );
  return [header, ...rows].join('\n');
}

function smiTable(): string {
  const frame = `+${'-'.repeat(89)}+`;
  const rule = `|${'-'.repeat(41)}+${'-'.repeat(24)}+${'-'.repeat(22)}|`;
  const versions = `NVIDIA-SMI ${STAND_IN.driver}             Driver Version: ${STAND_IN.driver}     CUDA Version: ${STAND_IN.cuda}`;
  const rows = STAND_IN.gpus.flatMap(({index, bus, used}) => [
    `|${`   ${index}  ${NAME}`.padEnd(37)}On  |   ${bus} Off |                    0 |`,
    `|  0%   35C    P8             20W /  150W |${`${used}MiB /  ${MEMORY}MiB`.padStart(22)}  |      0%      Default |`,
    `|${' '.repeat(41)}|${' '.repeat(24)}|                  N/A |`,
    `+${'-'.repeat(41)}+${'-'.repeat(24)}+${'-'.repeat(22)}+`,
  ]);
  return [
    frame,
    `| ${versions.padEnd(88)}|`,
    rule,
    '| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |',
    '| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |',
    `|${' '.repeat(41)}|${' '.repeat(24)}|               MIG M. |`,
    rule.replaceAll('-', '='),
    ...rows,
    '',
    frame,
    `| ${'Processes:'.padEnd(88)}|`,
    '|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |',
    '|        ID   ID                                                               Usage      |',
    `|${'='.repeat(89)}|`,
    `| ${' No running processes found'.padEnd(88)}|`,
    frame,
  ].join('\n');
}

function smiXml(): string {
  const gpus = STAND_IN.gpus.map(
    ({uuid, bus, used}) => `  <gpu id="${bus}">
    <product_name>${NAME}</product_name>
    <product_architecture>Ampere</product_architecture>
    <display_active>Disabled</display_active>
    <persistence_mode>Enabled</persistence_mode>
    <mig_mode><current_mig>N/A</current_mig><pending_mig>N/A</pending_mig></mig_mode>
    <uuid>${uuid}</uuid>
    <pci><pci_device_id>${PCI_ID.slice(2)}</pci_device_id><pci_bus_id>${bus}</pci_bus_id></pci>
    <fb_memory_usage><total>${MEMORY} MiB</total><used>${used} MiB</used><free>${MEMORY - used} MiB</free></fb_memory_usage>
    <clocks_event_reasons>
      <clocks_event_reason_gpu_idle>Active</clocks_event_reason_gpu_idle>
      <clocks_event_reason_hw_slowdown>Not Active</clocks_event_reason_hw_slowdown>
    </clocks_event_reasons>
    <utilization><gpu_util>0 %</gpu_util></utilization>
    <ecc_mode><current_ecc>Enabled</current_ecc><pending_ecc>Enabled</pending_ecc></ecc_mode>
    <temperature><gpu_temp>35 C</gpu_temp></temperature>
    <gpu_power_readings><current_power_limit>150.00 W</current_power_limit></gpu_power_readings>
    <clocks><sm_clock>210 MHz</sm_clock></clocks>
    <max_clocks><sm_clock>1695 MHz</sm_clock></max_clocks>
    <processes></processes>
  </gpu>`,
  );
  return `<?xml version="1.0" ?>
<nvidia_smi_log>
  <driver_version>${STAND_IN.driver}</driver_version>
  <cuda_version>${STAND_IN.cuda}</cuda_version>
  <attached_gpus>${STAND_IN.gpus.length}</attached_gpus>
${gpus.join('\n')}
</nvidia_smi_log>`;
}
