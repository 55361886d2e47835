import type {GpuReading, SourceReading, Trouble} from '../reading.js';
import {linesOf, wholeLinesOf} from '../text.js';
import {BUS_ID} from './smi-cells.js';

/** Words of nvidia-smi, of NVML and of shells, and the failure each names. Matched line by line. */
const WORDS: [RegExp, string][] = [
  [/could(?:n.{1,3}t| not) communicate with\b/i, 'driver_not_loaded'],
  [/NVML: Driver Not Loaded/i, 'driver_not_loaded'],
  [/Driver\/library version mismatch/i, 'driver_library_mismatch'],
  [/NVML: Insufficient Permissions/i, 'insufficient_permissions'],
  [/device handle for .{0,40}: Insufficient Permissions/i, 'insufficient_permissions'],
  [
    /could not open the device file \/dev\/nvidia\S* \((?:Permission denied|Operation not permitted)/i,
    'insufficient_permissions',
  ],
  [/could not open the device file \/dev\/nvidia\S* \(No such file/i, 'device_node_missing'],
  [/NVML: Unknown Error/i, 'nvml_unknown_error'],
  [/GPU access blocked by the operating system/i, 'wsl_gpu_blocked'],
  [/couldn.{1,3}t find (?:the )?libnvidia-ml/i, 'driver_library_missing'],
  [/NVML Shared Library Not Found|could not load NVML library/i, 'driver_library_missing'],
  [/error while loading shared libraries: lib(?:nvidia-ml|cuda)\.so/i, 'driver_library_missing'],
  [/No devices were found|NVML: No supported GPUs were found/i, 'no_devices'],
  [/\bGPU is lost\b/i, 'gpu_lost'],
  [/device handle for .{0,40}: (?:Unknown Error|GPU requires reset)/i, 'gpu_handle_unknown_error'],
  [/\bcommand not found\b|^\s*Command '[^']{1,80}' not found|executable file not found in/i, 'command_not_found'],
  [/^\S{0,40}sh: .{0,80}: not found$|is not recognized as (?:an internal|the name)/i, 'command_not_found'],
  [/\bnvidia-smi: No such file or directory/i, 'command_not_found'],
  [
    /(?:Kommando|Befehl) (?:wurde )?nicht gefunden|commande introuvable|(?:orden|comando) no encontrad[ao]/i,
    'command_not_found',
  ],
  [
    /comando non trovato|comando n\u00e3o encontrado|\u043a\u043e\u043c\u0430\u043d\u0434\u0430 \u043d\u0435 \u043d\u0430\u0439\u0434\u0435\u043d\u0430/i,
    'command_not_found',
  ],
  [
    /\u672a\u627e\u5230\u547d\u4ee4|\u627e\u4e0d\u5230\u547d\u4ee4|\u30b3\u30de\u30f3\u30c9\u304c\u898b\u3064\u304b\u308a\u307e\u305b\u3093/,
    'command_not_found',
  ],
];

/** Exit codes of nvidia-smi that name a failure by themselves, for output in another language (its manual page; 18 is NVML's). */
const EXITS: Record<number, string> = {
  4: 'insufficient_permissions',
  6: 'no_devices',
  9: 'driver_not_loaded',
  12: 'driver_library_missing',
  15: 'gpu_lost',
  18: 'driver_library_mismatch',
  127: 'command_not_found',
};

/** What nvidia-smi says went wrong, and of which GPU. `report`: it printed one besides, and so runs. */
export function parseSmiErrors(text: string, exit: number, report: boolean): SourceReading {
  const troubles = new Map<string, Trouble>();
  const gpus: GpuReading[] = [];
  for (const line of linesOf(text)) {
    const id = WORDS.find(([words]) => words.test(line))?.[1];
    if (!id) continue;
    if (!troubles.has(id)) troubles.set(id, {id, detail: line.trim().slice(0, 200)});
    const gpu = failedGpu(line);
    if (gpu && !gpus.some(known => known.busId === gpu.busId && known.index === gpu.index)) gpus.push(gpu);
  }
  if (troubles.size === 0 && !report) {
    // A terminal or a mail may have broken the sentence.
    const joined = linesOf(text.slice(0, 4_000))
      .map(line => line.trim())
      .join(' ');
    const id = WORDS.find(([words]) => words.test(joined))?.[1];
    if (id) troubles.set(id, {id, detail: joined.slice(0, 200)});
  }
  const id = EXITS[exit];
  // The loader's code for a library that a program lacks is the shell's for a program that is not there.
  const loader = exit === 127 && /error while loading shared libraries/.test(text.slice(0, 4_000));
  if (id && !loader && troubles.size === 0 && !report) troubles.set(id, {id, detail: `exit code ${exit}`});
  return {
    troubles: [...troubles.values()],
    // A GPU that cannot be opened is there all the same.
    gpus: gpus.length > 0 ? gpus : troubles.has('no_devices') && !report ? [] : null,
  };
}

/** "Unable to determine the device handle for GPU 0000:05:00.0: GPU is lost", and "GPU0: 0000:05:00.0:" since R610. */
function failedGpu(line: string): GpuReading | null {
  const said = /device handle for (?:GPU|gpu) ?(\d{1,3}(?=:\s))?[:\s]*(\S+)/.exec(line);
  const busId = BUS_ID.exec(said?.[2] ?? '')?.[0] ?? null;
  const index = said?.[1] ? Number(said[1]) : null;
  if (busId === null && index === null) return null;
  return {index, busId, state: /GPU is lost/i.test(line) ? 'lost' : 'error'};
}

/**
 * Rows of a CSV without its header beside an error, as scripts log them: only an index in front, a name and a bus id can be told.
 */
export function parseBareRows(text: string): GpuReading[] {
  return wholeLinesOf(text).flatMap(line => {
    const [index, ...cells] = line.split(',', 40).map(cell => cell.trim());
    const name = cells.find(cell => /^(?:NVIDIA|Tesla|Quadro|GeForce|GRID) .{1,80}$/.test(cell));
    const busId = cells.find(cell => /^[0-9A-F]{8}:[0-9A-F]{2}:[0-9A-F]{2}\.[0-7]$/i.test(cell)) ?? null;
    return /^\d{1,3}$/.test(index ?? '') && name ? [{index: Number(index), busId, name, state: 'ok' as const}] : [];
  });
}
