import type {GpuReading, SourceReading} from '../reading.js';
import {linesOf} from '../text.js';

/** One function of one PCI device. */
interface Device {
  busId: string;
  /** the class in words, and as `[0302]` where numbers were asked for */
  kind: string;
  text: string;
}

const DISPLAY = /^(?:VGA compatible controller|3D controller|Display controller)/;

/**
 * `lspci`, with or without `-nn` and `-v`. An NVIDIA card's audio, USB and serial functions are not GPUs. No NVIDIA
 * display device proves that there is none only in a whole listing, and never under WSL2, where GPUs are not on the bus.
 */
export function parseLspci(text: string): SourceReading {
  const devices = devicesOf(text);
  const gpus = devices.filter(isNvidiaGpu).map(gpuOf);
  if (gpus.length > 0) return {gpus};
  const whole = devices.some(device => /bridge/i.test(device.kind));
  const virtual = devices.some(device => /Microsoft/i.test(device.text));
  return whole && !virtual ? {gpus: []} : {};
}

function devicesOf(text: string): Device[] {
  return linesOf(text).flatMap(line => {
    const [, busId, kind, rest] =
      /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\s+([a-z0-9][^:]{2,60}):\s+(.*)$/i.exec(line.trim()) ?? [];
    return busId && kind && rest !== undefined ? [{busId, kind, text: rest}] : [];
  });
}

const isNvidiaGpu = (device: Device): boolean =>
  DISPLAY.test(device.kind) && (/\bNVIDIA\b/i.test(device.text) || device.text.includes('[10de:'));

function gpuOf({busId, text}: Device): GpuReading {
  const body = text.split(' (rev ')[0] ?? '';
  const id = /\[(10de:[0-9a-f]{4})\]/i.exec(body)?.[1] ?? idInWords(body);
  const name = body
    .replace(/\s*\[10de:[0-9a-f]{4}\].*$/i, '')
    .replace(/^NVIDIA Corporation\s*/i, '')
    .trim();
  return {
    busId,
    pciId: id?.toLowerCase() ?? null,
    // An old list of ids knows the card only as "Device 1f95".
    name: /^(?:Device(?: [0-9a-f]{4})?)?$/i.test(name) ? null : name,
    // (rev ff): every read answers ones, the device is powered down or gone.
    state: 'unknown',
  };
}

function idInWords(text: string): string | null {
  const id = /\bDevice ([0-9a-f]{4})\b/i.exec(text)?.[1];
  return id ? `10de:${id}` : null;
}
