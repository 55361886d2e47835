import type {GpuReading, SourceReading, Trouble} from '../reading.js';
import {cellInteger, cellText, cellVersion, linesOf} from '../text.js';
import {uuidOf} from './smi-cells.js';

/** `nvidia-ctk --version`. */
export function parseCtkVersion(text: string): SourceReading {
  const version = /NVIDIA Container Toolkit CLI version:? v?(\d{1,4}\.\d{1,4}\.\d{1,4}(?:[-~+][\w.]{1,20})?)/i.exec(
    text.slice(0, 4_000),
  );
  return version?.[1] ? {toolkit: {version: version[1]}} : {};
}

/** `nvidia-ctk cdi list`: GPUs only, as `nvidia.com/gpu=0`; other kinds of device (`nvidia.com/pva=0`) are not GPUs. */
export function parseCdiList(text: string): SourceReading {
  const lines = linesOf(text);
  const devices = lines.map(line => line.trim()).filter(line => /^nvidia\.com\/gpu=\S{1,200}$/.test(line));
  const found = lines.some(line => /Found \d+ CDI devices/.test(line));
  return devices.length > 0 || found ? {engine: {cdiDevices: devices}} : {};
}

const LOG_LINE = /^[IWEF]\d{4} \d\d:\d\d:\d\d/;

/** `nvidia-container-cli info`, also with its debug log around it. Under WSL2 the driver is the Windows driver. */
export function parseContainerCli(text: string): SourceReading {
  const driver: {version: string | null; cudaVersion: string | null} = {version: null, cudaVersion: null};
  const gpus: GpuReading[] = [];
  const troubles: Trouble[] = [];
  for (const line of linesOf(text)) {
    if (LOG_LINE.test(line)) continue;
    const trouble = troubleOf(line);
    if (trouble) troubles.push(trouble);
    const [, key, value = ''] = /^\s*([A-Z][A-Za-z ]{2,30}):\s+(\S.*)$/.exec(line) ?? [];
    if (key === 'NVRM version') driver.version ??= cellVersion(value);
    else if (key === 'CUDA version') driver.cudaVersion ??= cellVersion(value);
    else if (key === 'Device Index') gpus.push({index: cellInteger(value), state: 'ok'});
    else readGpu(key, value, gpus.at(-1));
  }
  return {driver, gpus: gpus.length > 0 ? gpus : null, troubles};
}

function readGpu(key: string | undefined, value: string, gpu: GpuReading | undefined): void {
  if (!gpu) return;
  if (key === 'Model') gpu.name = cellText(value);
  if (key === 'GPU UUID') gpu.uuid = uuidOf(value);
  if (key === 'Bus Location') gpu.busId = cellText(value);
  if (key === 'Architecture') gpu.computeCapability = /^\d{1,2}\.\d$/.exec(value.trim())?.[0] ?? null;
}

const WORDS: [RegExp, string][] = [
  [/libnvidia-ml\.so\.1: cannot open shared object/i, 'driver_library_missing'],
  [/initialization error: .*driver not loaded|nvml error: driver not loaded/i, 'driver_not_loaded'],
  [/no adapters were found/i, 'wsl_no_adapter'],
  [/driver\/library version mismatch/i, 'driver_library_mismatch'],
  [/driver rpc error/i, 'driver_rpc_error'],
];

function troubleOf(line: string): Trouble | null {
  if (!/nvidia-container-cli:/.test(line)) return null;
  const id = WORDS.find(([words]) => words.test(line))?.[1];
  return id ? {id, detail: line.trim().slice(0, 200)} : null;
}
