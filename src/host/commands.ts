import {basename} from 'node:path/posix';
import type {Command} from '../world/world.js';

/** Programs that the probe runs, each under the name that its output has in a capture. None changes the host. */
export const COMMANDS = {
  'nvidia-smi': ['nvidia-smi'],
  'nvidia-smi-q-x': ['nvidia-smi', '-q', '-x'],
  'nvidia-smi-q': ['nvidia-smi', '-q'],
  'nvidia-smi-L': ['nvidia-smi', '-L'],
  'nvidia-smi-version': ['nvidia-smi', '--version'],
  'nvidia-smi-query-gpu': [
    'nvidia-smi',
    '--query-gpu=index,uuid,pci.bus_id,pci.device_id,name,driver_version,compute_cap,memory.total,memory.used,utilization.gpu',
    '--format=csv',
  ],
  'nvidia-smi-query-compute-apps': [
    'nvidia-smi',
    '--query-compute-apps=gpu_uuid,gpu_bus_id,pid,process_name,used_memory',
    '--format=csv',
  ],
  'nvcc-version': ['nvcc', '--version'],
  'lspci-nn': ['lspci', '-D', '-nn', '-k'],
  'nvidia-container-cli-info': ['nvidia-container-cli', 'info'],
  'nvidia-ctk-version': ['nvidia-ctk', '--version'],
  'nvidia-ctk-cdi-list': ['nvidia-ctk', 'cdi', 'list'],
  'docker-info': ['docker', 'info'],
  'docker-version': ['docker', 'version'],
  dmesg: ['dmesg'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type CommandName = keyof typeof COMMANDS;

/** The name of a command's output in a capture: as listed above, else its words joined ("systemctl-is-active-docker"). */
export function commandName({program, args}: Pick<Command, 'program' | 'args'>): string {
  const line = [basename(program), ...args].join(' ');
  const listed = Object.entries(COMMANDS).find(([, words]) => words.join(' ') === line);
  if (listed) return listed[0];
  return [basename(program), ...args]
    .map(word => word.replace(/^-+/, '').replace(/[^\w.]+/g, '-'))
    .join('-')
    .slice(0, 120);
}
