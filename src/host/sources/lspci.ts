import type {GpuReading, SourceReading} from '../reading.js';
import {linesOf} from '../text.js';

/** One function of one PCI device. */
interface Device {
  busId: string;
  /** the class in words, and as `[0302]` where numbers were asked for */
  kind: string;
  text: string;
}

/** PCI base class 03, in words or in numbers. */
const DISPLAY = /^(?:VGA compatible controller|3D controller|Display controller|03[0-9a-f]{2}$)/i;
const SLOT = '((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])';
const PLAIN = new RegExp(`(?:^|\\s)${SLOT}\\s+([a-z0-9][^:]{2,60}):\\s+(.*)$`, 'i');
/** `lspci -mm`: every field quoted. */
const QUOTED = new RegExp(`^${SLOT} "([^"]{2,60})" "([^"]{0,80})" "([^"]{0,120})"`, 'i');

/**
 * `lspci`, with or without `-nn` and `-v`. An NVIDIA card's audio, USB and serial functions are not GPUs. No NVIDIA
 * display device proves that there is none only in a whole listing, and never under WSL2, where GPUs are not on the bus.
 * A listing that ends within a line was cut.
 */
export function parseLspci(text: string): SourceReading {
  const cut = !/[\r\n]$/.test(text);
  const devices = devicesOf(text);
  const gpus = devices.filter(isNvidiaGpu).map(device => gpuOf(device, cut && device === devices.at(-1)));
  if (gpus.length > 0) return {gpus};
  const whole = devices.some(device => /bridge|^06[0-9a-f]{2}$/i.test(device.kind));
  const virtual = devices.some(device => /Microsoft/i.test(device.text));
  return whole && !virtual && !cut ? {gpus: []} : {};
}

function devicesOf(text: string): Device[] {
  return linesOf(text).flatMap(line => {
    const [, slot, name, vendor, device] = QUOTED.exec(line.trim()) ?? [];
    if (slot && name) return [{busId: slot, kind: name, text: `${vendor} ${device}`}];
    const [, busId, kind, rest] = PLAIN.exec(line) ?? [];
    return busId && kind && rest !== undefined ? [{busId, kind, text: rest}] : [];
  });
}

const isNvidiaGpu = (device: Device): boolean =>
  DISPLAY.test(device.kind) && (/\bNVIDIA\b/i.test(device.text) || /(?:^|\[)10de:/.test(device.text));

/** Of the last device of a listing that was cut the name counts where its end is seen. */
function gpuOf({busId, text}: Device, last: boolean): GpuReading {
  const body = text.split(' (rev ')[0] ?? '';
  const id = /(?:^|\[)(10de:[0-9a-f]{4})\b/i.exec(body)?.[1] ?? idInWords(body);
  const name = body
    .replace(/\s*\[?10de:[0-9a-f]{4}\b.*$/i, '')
    .replace(/^NVIDIA Corporation\s*/i, '')
    .trim();
  return {
    busId,
    pciId: id?.toLowerCase() ?? null,
    // An old list of ids knows the card only as "Device 1f95".
    name: name === '' || /^Device(?: [0-9a-f]{4})?$/i.test(name) || (last && !/[\])]\s*$/.test(text)) ? null : name,
    // (rev ff): every read answers ones, the device is powered down or gone.
    state: 'unknown',
  };
}

function idInWords(text: string): string | null {
  const id = /\bDevice ([0-9a-f]{4})\b/i.exec(text)?.[1];
  return id ? `10de:${id}` : null;
}
